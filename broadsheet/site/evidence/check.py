"""“Check a quotation”: whether words stand here as somebody has them, worked out anew for each question.

The address holds the question and nothing is kept. What is looked through is public, whoever asks.
"""

from datetime import timedelta

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from broadsheet.editorial.context import edition_of
from broadsheet.editorial.opening import plain_text
from broadsheet.evidence.checking import LONGEST, Found, Public, TooShortError, check
from broadsheet.evidence.models import Recording
from broadsheet.paywall.networks import PerNetwork
from broadsheet.people.current import reader_of
from broadsheet.platform.http.addresses import absolute
from broadsheet.platform.http.refusals import refuse
from broadsheet.platform.http.robots import out_of_sight
from broadsheet.site.discovery.head import Head
from broadsheet.site.evidence.sight import Line, Sight, lines_about, once_each
from broadsheet.site.reading.visit import Visit

LONGEST_NAME = 120
AN_HOUR = 120
checks = PerNetwork("checks", timedelta(hours=1))


@require_safe
def check_quotation(request: HttpRequest) -> HttpResponse:
    words = request.GET.get("words", "").strip()
    name = request.GET.get("name", "").strip()[:LONGEST_NAME]
    context = {
        "head": Head(
            title=_("Check a quotation"),
            description=_("Paste words, and see whether they stand here as you have them."),
            canonical=absolute(request.path),
            noindex=True,
        ),
        "words": words,
        "name": name,
        "longest": LONGEST,
        "signed_in": reader_of(request) is not None,
    }
    if words:
        if not checks.take(Visit.of(request).address, AN_HOUR):
            return refuse(request, 429, _("Too many questions came from your network. Try again in an hour."))
        context |= _answer(request, words, name)
    return out_of_sight(render(request, "site/evidence/check.html", context))


def _answer(request: HttpRequest, words: str, name: str) -> dict[str, object]:
    if len(words) > LONGEST:
        return {"error": _("That is too long. Paste %d characters at most.") % LONGEST}
    try:
        found = check(words, name, _public(request))
    except TooShortError:
        return {"error": _("Paste five words at least: fewer are said too often to tell by whom.")}
    verdict = found[0].comparison.match if found else None
    return {"answered": True, "verdict": verdict, "found": _with_articles(found)}


def _with_articles(found: list[Found]) -> list[tuple[Found, Line]]:
    articles = lines_about(one.page_id for one in found)
    return [(one, articles[one.page_id]) for one in found if one.page_id in articles]


def _public(request: HttpRequest) -> Public:
    locale, sight = edition_of(request).locale, Sight.of_stranger()

    def texts(page_ids: list[int]) -> dict[int, str]:
        if not page_ids:
            return {}
        recordings = Recording.objects.filter(
            page__in=page_ids, opening_words=sight.publication.opening_words
        )
        found = dict(once_each(recordings, locale).values_list("page_id", "opening_text"))
        for article in sight.free.filter(pk__in=list(found)).only("body", "kind", "alias_of"):
            found[article.pk] = " ".join(plain_text(block.value) for block in article.told)
        return found

    return Public(lambda rows: sight.visible(once_each(rows, locale)), texts)
