"""Invoices, credit notes and receipts as PDF: plain values in, bytes out.

Knows no tables and counts no money. Amounts arrive written out, as a person shall read them.
"""

from broadsheet.billing.paper.printing import pdf
from broadsheet.billing.paper.sheet import BankAccount, Kind, Line, Party, Settlement, Sheet, Tax

__all__ = ["BankAccount", "Kind", "Line", "Party", "Settlement", "Sheet", "Tax", "pdf"]
