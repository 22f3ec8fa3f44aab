from broadsheet.people.models.mailed_code import CodeRefused, MailedCode, Purpose
from broadsheet.people.models.person import AddressTaken, Person

__all__ = ["AddressTaken", "CodeRefused", "MailedCode", "Person", "Purpose"]
