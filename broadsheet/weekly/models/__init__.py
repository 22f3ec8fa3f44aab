from broadsheet.weekly.models.contents import (
    Department,
    Holding,
    IssueCorrection,
    IssueItem,
    IssueLetter,
    LeftOut,
    LengthChoices,
)
from broadsheet.weekly.models.issue import Proposal, WeeklyIssue
from broadsheet.weekly.models.issue_feed import IssueFeed
from broadsheet.weekly.models.issue_file import IssueFile, Making
from broadsheet.weekly.models.life import State
from broadsheet.weekly.models.reader_number import ReaderNumber

__all__ = [
    "Department",
    "Holding",
    "IssueCorrection",
    "IssueFeed",
    "IssueFile",
    "IssueItem",
    "IssueLetter",
    "LeftOut",
    "LengthChoices",
    "Making",
    "Proposal",
    "ReaderNumber",
    "State",
    "WeeklyIssue",
]
