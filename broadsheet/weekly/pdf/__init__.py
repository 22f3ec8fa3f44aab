"""Weekly issues as PDF: for a phone, and to be printed on A4 or Letter."""

from broadsheet.weekly.pdf.errors import PrintingError
from broadsheet.weekly.pdf.forms import Form
from broadsheet.weekly.pdf.numbers import NotStampable, stamp
from broadsheet.weekly.pdf.printing import Printed, write

__all__ = ["Form", "NotStampable", "Printed", "PrintingError", "stamp", "write"]
