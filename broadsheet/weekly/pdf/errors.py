from django.utils.translation import gettext_lazy as _


class PrintingError(Exception):
    """An issue could not be printed. Its text says why, in a sentence to an editor."""

    FAILED = _("The article can’t be set in type.")
    TOO_LONG = _("The file took too long to make, and was stopped.")
    NOT_XHTML = _("The text of the article can’t be read.")
    OF_NO_ARTICLE = _("The issue can’t be set in type, though each of its articles can.")

    def __init__(self, sentence: object, article: int | None = None, said: str = "") -> None:
        super().__init__(str(sentence))
        self.article = article
        """The page's id of the article in which the fault is; None where it is in none."""
        self.said = said
        """What the program itself said, in English."""
