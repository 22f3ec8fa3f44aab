from broadsheet.newsletters.models.e_reader import EReader
from broadsheet.newsletters.models.followed import FollowedLetter, LetterItem, Pace
from broadsheet.newsletters.models.issue import Issue, IssueCohort, IssueTransition, Variant
from broadsheet.newsletters.models.item import Item, MailedArticle
from broadsheet.newsletters.models.label import Label, Labelling
from broadsheet.newsletters.models.link import Clicks, Link
from broadsheet.newsletters.models.mailbox import Mailbox, MailboxQuerySet
from broadsheet.newsletters.models.newsletter import (
    Clock,
    Frequency,
    Newsletter,
    NewsletterQuerySet,
    Weekday,
)
from broadsheet.newsletters.models.recall import Recall
from broadsheet.newsletters.models.segment import Condition, Segment
from broadsheet.newsletters.models.sign_up import (
    Consent,
    Leaving,
    Place,
    Reason,
    SignUp,
    SignUpQuerySet,
)
from broadsheet.newsletters.models.weekly import WeeklyLetter
from broadsheet.newsletters.models.welcome import Welcomed

__all__ = [
    "Clicks",
    "Clock",
    "Condition",
    "Consent",
    "EReader",
    "FollowedLetter",
    "Frequency",
    "Issue",
    "IssueCohort",
    "IssueTransition",
    "Item",
    "Label",
    "Labelling",
    "Leaving",
    "LetterItem",
    "Link",
    "Mailbox",
    "MailboxQuerySet",
    "MailedArticle",
    "Newsletter",
    "NewsletterQuerySet",
    "Pace",
    "Place",
    "Reason",
    "Recall",
    "Segment",
    "SignUp",
    "SignUpQuerySet",
    "Variant",
    "Weekday",
    "WeeklyLetter",
    "Welcomed",
]
