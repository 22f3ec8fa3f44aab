"""What readers are told about subscriptions, by the rows that notices are about."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class SubscriptionNotice(TextChoices):
    RENEWAL = "renewal", _("It will be renewed")
    OFFER_ENDS = "offer_ends", _("The trial or first offer ends")
    PRICE_CHANGE = "price_change", _("The price changes")
    PAUSED = "paused", _("Paused")
    COMING_BACK = "coming_back", _("Comes back soon")
    RESUMED = "resumed", _("Is back")
    CANCELLED = "cancelled", _("Cancellation")
    KEPT = "kept", _("Cancellation undone")
    CHANGED = "changed", _("Changed")
    EXTENDED = "extended", _("Extended")
    ENDED = "ended", _("Ended")


class GiftNotice(TextChoices):
    DELIVERY = "gift", _("A gift")
    ENDS = "gift_ends", _("A gift ends")


class GroupNotice(TextChoices):
    """About a seat."""

    INVITED = "seat_invited", _("An invitation to a group")
    GIVEN = "seat_given", _("A seat of a group")
    TAKEN_BACK = "seat_taken", _("A seat taken back")
    ENDS = "group_ends", _("A group ends soon")
    ENDED = "group_ended", _("A group has ended")
    GONE = "group_gone", _("A group has ended with its owner’s account")
    """About a seat that is no more; the key is the group’s name."""


class OwnerNotice(TextChoices):
    """About a group, to its owners."""

    HANDED_ON = "group_owner", _("A group has another owner")


class ComplimentaryNotice(TextChoices):
    GIVEN = "complimentary", _("A complimentary subscription")


class WithdrawalNotice(TextChoices):
    RECEIVED = "withdrawal", _("A withdrawal received")
