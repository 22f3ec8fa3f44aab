from broadsheet.membership.models.own_feed import OwnFeed, signed_as


class IssueFeed(OwnFeed):
    """The address of a catalogue (OPDS) at which a reading app finds the issues."""

    signed = signed_as("broadsheet.weekly.issues")
