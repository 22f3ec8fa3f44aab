"""What a topic's articles know together: one timeline, and the positions side by side."""

from dataclasses import dataclass
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from broadsheet.editorial.models import Article, Topic
from broadsheet.evidence.models import Position, TimelineEntry
from broadsheet.evidence.words import core
from broadsheet.people.current import reader_of
from broadsheet.site.discovery.each_once import each_once
from broadsheet.site.discovery.head import list_head
from broadsheet.site.evidence.sight import Sight, marked
from broadsheet.site.evidence.told import Event, Held, events, positions


@dataclass(frozen=True, slots=True)
class Most:
    articles: int
    """The newest, whose positions are looked at."""
    entries: int
    """The latest, which are shown in the order of time."""
    positions: int
    questions: int


AT_FIRST = Most(articles=40, entries=16, positions=24, questions=3)
ALL = Most(articles=400, entries=300, positions=200, questions=40)
"""Of a longer story the exports have it all."""
FEW = 3
"""So many times the entries that are shown are looked at first: of most the opening can be seen."""


@dataclass(frozen=True, slots=True)
class Difference:
    """One question, and those who answer it."""

    question: str
    positions: list[Held]


@require_safe
def topic_evidence(request: HttpRequest, slug: str) -> HttpResponse:
    """The whole timeline and all questions, of which the topic's own page has the newest."""
    found, sight = get_object_or_404(Topic, slug=slug), Sight.of(request)
    known = of_topic(found, each_once(request, Article.objects.filter(topics=found)), sight, ALL)
    if not (known["timeline"] or known["differences"]):
        raise Http404
    title = _("%(topic)s: what is known") % {"topic": found.name}
    context = known | {
        "head": list_head(title, found.description, f"/topics/{found.slug}/evidence/", request),
        "topic": found,
        "signed_in": reader_of(request) is not None,
    }
    return sight.kept(request, render(request, "site/evidence/topic.html", context))


def of_topic(topic: Topic, articles: list[int], sight: Sight, most: Most = AT_FIRST) -> dict[str, Any]:
    """`articles` are all of the topic's that are in print, each once, the newest first."""
    places = {pk: place for place, pk in enumerate(articles)}
    about = Article.topics.through.objects.filter(topic=topic).values("article")
    latest = marked(TimelineEntry.objects.filter(page__in=about).order_by("-when", "-pk"))
    few = list(latest[: FEW * most.entries])
    held = marked(Position.objects.filter(page__in=articles[: most.articles]))
    newest = sorted(held, key=lambda row: (places[row[1]], row[0]))
    asked = {page for _pk, page, _in_opening in (*few, *newest)} & places.keys()
    seen = sight.seen_of(Article.objects.filter(pk__in=asked))
    entry_ids, position_ids = seen.sift(few), seen.sift(newest)
    if len(entry_ids) <= most.entries and len(few) == FEW * most.entries:
        newest_articles = Article.objects.filter(pk__in=articles[: ALL.articles])
        entry_ids = sight.seen_of(newest_articles).sift(latest)
    differences = _differences(positions(position_ids[: most.positions]))
    return {
        "timeline": _merged(events(entry_ids[: most.entries])),
        "differences": differences[: most.questions],
        "has_more": len(entry_ids) > most.entries
        or len(position_ids) > most.positions
        or len(differences) > most.questions,
    }


def _merged(entries: list[Event]) -> list[Event]:
    """In the order of time, each event once, told by the newest article that tells it."""
    found: dict[tuple[str, str], Event] = {}
    for entry in entries:
        found.setdefault((entry.when, core(entry.text).casefold()), entry)
    return sorted(found.values(), key=lambda entry: (entry.when, entry.pk))


def _differences(held: list[Held]) -> list[Difference]:
    """By question, however its mark and case; of each holder the newest answer."""
    by_question: dict[str, dict[str, Held]] = {}
    for position in held:
        key = core(position.question).casefold().rstrip("?")
        by_question.setdefault(key, {}).setdefault(position.slug, position)
    found = [list(answers.values()) for answers in by_question.values() if len(answers) > 1]
    return [Difference(answers[0].question, answers) for answers in found]
