"""What is known of a reader of issues, in the export of their data. All of it goes with the account."""

from typing import Any

from broadsheet.people.models import Person
from broadsheet.weekly.models import IssueFeed, ReaderNumber


def export(person: Person) -> dict[str, Any]:
    number = ReaderNumber.objects.filter(person=person).first()
    return {
        "number_in_files": str(number) if number else "",
        "address_for_a_reading_app": list(IssueFeed.objects.filter(person=person).values("made_at")),
    }
