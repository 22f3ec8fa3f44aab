"""A cookie that tells a page's script whether there is anything to ask for: it names nobody and no article.

Pages are the same bytes for all readers, so that a script could not know otherwise without asking at each.
"""

from django.conf import settings
from django.http import HttpResponse

from broadsheet.library.models import Follow, ReadingHistory, SavedArticle
from broadsheet.people.models import Person

NAME = "broadsheet_library"
SAVED = "s"
"""Something is saved."""
FOLLOWS = "f"
"""A topic or an author is followed."""
HISTORY = "h"
"""The reader chose to have a history."""


def tell(response: HttpResponse, reader: Person) -> None:
    """Leaves in the reader's browser what there is of theirs."""
    there_is = {
        SAVED: SavedArticle.objects.filter(reader=reader),
        FOLLOWS: Follow.objects.of(reader),
        HISTORY: ReadingHistory.objects.filter(reader=reader),
    }
    letters = "".join(letter for letter, rows in there_is.items() if rows.exists())
    if not letters:
        forget(response)
        return
    response.set_cookie(
        NAME, letters, max_age=settings.SESSION_COOKIE_AGE, secure=settings.HTTPS, samesite="Lax"
    )


def forget(response: HttpResponse) -> None:
    response.delete_cookie(NAME, samesite="Lax")
