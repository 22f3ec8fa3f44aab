"""A cookie that tells a page's script whether there is anything to ask for: it names nobody and no article.

Pages are the same bytes for all readers, so that a script could not know otherwise without asking at each.
"""

from typing import Any

from django.conf import settings
from django.db.models import BigAutoField, Exists, OuterRef, QuerySet
from django.http import HttpResponse

from broadsheet.library.models import Follow, ReadingHistory, SavedArticle
from broadsheet.people.models import Person
from broadsheet.platform.compiled import Compiled, Parameter

NAME = "broadsheet_library"
SAVED = "s"
"""Something is saved."""
FOLLOWS = "f"
"""A topic or an author is followed."""
HISTORY = "h"
"""The reader chose to have a history."""


def tell(response: HttpResponse, reader: Person) -> None:
    """Leaves in the reader's browser what there is of theirs."""
    rows = _there_is(reader=reader.pk)
    there_is = zip((SAVED, FOLLOWS, HISTORY), *rows, strict=True) if rows else ()
    letters = "".join(letter for letter, is_there in there_is if is_there)
    if not letters:
        forget(response)
        return
    response.set_cookie(
        NAME, letters, max_age=settings.SESSION_COOKIE_AGE, secure=settings.HTTPS, samesite="Lax"
    )


def forget(response: HttpResponse) -> None:
    response.delete_cookie(NAME, samesite="Lax")


@Compiled
def _there_is() -> QuerySet[Person, Any]:
    kinds = (SavedArticle, Follow, ReadingHistory)
    there_is = [Exists(kind.objects.filter(reader=OuterRef("pk"))) for kind in kinds]
    return Person.objects.filter(pk=Parameter("reader", BigAutoField())).values_list(*there_is)
