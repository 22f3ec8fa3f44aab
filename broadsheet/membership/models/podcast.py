from broadsheet.membership.models.own_feed import OwnFeed, signed_as


class PodcastFeed(OwnFeed):
    """The address at which a podcast app hears what one reader may read."""

    signed = signed_as("broadsheet.membership.podcast")
