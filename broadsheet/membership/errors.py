from django.utils.translation import gettext as _


class Refused(Exception):
    """Why what was asked of a subscription or an offer can't be done: a sentence for whoever asked."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = str(reason)


class PriceChanged(Refused):
    def __init__(self) -> None:
        super().__init__(_("The price changed in the meantime. Please check the new price."))
