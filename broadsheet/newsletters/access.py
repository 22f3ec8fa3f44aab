"""Who may read an article, as the room says that knows: the wall stands on the same floor as newsletters."""

from collections.abc import Callable

from broadsheet.editorial.access import Access
from broadsheet.editorial.models import Article

type AccessOf = Callable[[Article], Access]

_access_of: list[AccessOf] = []


def register(access_of: AccessOf) -> None:
    _access_of[:] = [access_of]


def access_of(article: Article) -> Access:
    """Unless a room has registered more: as the article says, else its section, else the publication."""
    if _access_of:
        return _access_of[0](article)
    home = article.home_section
    return Access(article.access or home.access or article.publication.access)
