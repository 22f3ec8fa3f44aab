"""The demo's month of readers."""

from zoneinfo import ZoneInfo

from broadsheet.demo.readership import SPAN, invent
from broadsheet.editorial.models import Article
from broadsheet.insights.models import HourlyCount
from broadsheet.insights.most_read import most_read
from broadsheet.platform import clock
from tests.magazine import PRINTED, Magazine

ZONES = {"en-us": ZoneInfo("America/New_York"), "en-gb": ZoneInfo("Europe/London")}


def invented() -> list[HourlyCount]:
    articles = Article.objects.live().select_related("locale").order_by("pk")
    return list(invent(articles, ZONES, PRINTED))


def test_the_same_moment_gives_the_same_readers(magazine: Magazine) -> None:
    def plain(rows: list[HourlyCount]) -> list[tuple[object, ...]]:
        return [(row.hour, row.article, row.edition, row.reason, row.decisions, row.opens) for row in rows]

    assert plain(invented()) == plain(invented())


def test_nobody_reads_before_it_is_published_or_after_now(magazine: Magazine) -> None:
    published = dict(Article.objects.live().values_list("translation_key", "first_published_at"))
    for row in invented():
        assert published[row.article].replace(minute=0, second=0) <= row.hour <= PRINTED
        assert row.hour >= PRINTED - SPAN


def test_readers_get_what_the_wall_gives(magazine: Magazine) -> None:
    rows, free, for_subscribers = invented(), magazine.free.uuid, magazine.for_subscribers.uuid
    assert {row.reason for row in rows if row.article == free} == {"free"}
    of_subscribers = {row.reason for row in rows if row.article == for_subscribers}
    assert of_subscribers == {"subscription", "subscribe"}
    for row in rows:
        assert 0 <= row.opens <= row.decisions
        assert row.opens == 0 or row.reason not in {"register", "subscribe"}


def test_the_demos_front_has_a_full_list_of_what_is_most_read(magazine: Magazine) -> None:
    HourlyCount.objects.bulk_create(invented())
    with clock.moved_to(PRINTED):
        assert len(most_read(magazine.us.locale)) == 5
