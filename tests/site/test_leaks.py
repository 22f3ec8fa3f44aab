"""What is withheld stays withheld: a walk as a stranger over every public address there is.

Every block of every article in the tests' magazine bears a mark. Those below the wall must not be in any
response. A route that is new and not in the walk fails it.
"""

import json
from collections.abc import Iterator
from datetime import date
from io import StringIO
from itertools import product
from typing import Any
from urllib.parse import quote_plus, urlencode

import pytest
from django.conf import settings
from django.core.files.base import ContentFile
from django.core.signing import Signer
from django.db import connection
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.utils import translation

from broadsheet.editorial.access import Access
from broadsheet.editorial.models import Article, Edition, Narration, PreviewLink, StandingPage, Topic, Voice
from broadsheet.editorial.narration.files import read_upload
from broadsheet.editorial.opening import plain_text
from broadsheet.evidence.models import Speaker
from broadsheet.membership import passes
from broadsheet.membership.models import PodcastFeed, Price
from broadsheet.newsletters.models import Issue
from broadsheet.newsletters.reader_token import ReaderToken
from broadsheet.paywall.access import ruling
from broadsheet.paywall.models import GiftLink, Meter
from broadsheet.people.models import Person
from broadsheet.platform import clock
from broadsheet.platform.http.signed_cookies import signing_keys
from broadsheet.site.discovery.feed_formats import FORMATS
from broadsheet.site.search import indexing
from broadsheet.site.search.models import SearchEntry, SearchWord
from broadsheet.weekly.filling import fill
from broadsheet.weekly.models import IssueFeed, Making, WeeklyIssue
from tests.editorial.letters.made import printed, take_letters
from tests.editorial.live.made import vigil
from tests.editorial.narration.made import mp3
from tests.evidence import made
from tests.magazine import METERED, SENTENCE, Magazine, mark, marks_in, text_block
from tests.newsletters.letter.made import briefing, issue_of
from tests.passes import issue

# Included as a whole. They show no article: the desk is for staff, documents are sound files by their
# names, and the rest is about accounts or only in the demo.
ELSEWHERE = {"desk/", "documents/", "account/", "demo/", "post/", "stripe/"}
# They serve files, not pages; tests of their own say which.
FILES = {"picture", "media", "sound", "identity_file"}
PROVED = ("harbour", "reef")
"""Of the metered articles, which are all alike: the one in both editions, with a picture, and one other."""


def withheld_marks(article: Article) -> set[str]:
    everything = marks_in(" ".join(plain_text(block.value) for block in article.told), article.slug)
    everything |= marks_in(json.dumps(list(article.body.raw_data)), article.slug)
    opening = " ".join(plain_text(block.value) for block in article.parts.opening)
    return everything - marks_in(opening, article.slug)


def all_withheld() -> set[str]:
    walled = [a for a in Article.objects.live() if ruling(a).access != Access.FREE]
    return {mark for article in walled for mark in withheld_marks(article)}


def with_evidence(magazine: Magazine) -> Article:
    """An article of the topic with each kind of evidence twice: above the wall, and below it with marks."""

    def evidence(first: int, who: str) -> list[dict[str, Any]]:
        at = [f"{mark('lagoon', first + n)} {n} boats lay on the quay that day" for n in range(5)]
        return [
            made.quotation(at[0], who, role=at[0], where=at[0]),
            made.facts(at[1]),
            made.timeline(("2011", at[2]), ("2012", at[2])),
            made.perspectives((who, at[3], at[4]), ("The town", at[3], ""), question=at[3]),
        ]

    above, below = evidence(1, "Ada Marsh"), evidence(10, f"Ned {mark('lagoon', 20)}")
    body = [
        text_block("lagoon", 0),
        *above,
        {"type": "wall", "value": None},
        text_block("lagoon", 21),
        *below,
    ]
    lagoon = magazine.publish("lagoon", body=[*body, made.contested()])
    lagoon.topics.add(Topic.objects.get(slug="oceans"))
    lagoon.save()
    return lagoon


def with_live_entries(magazine: Magazine) -> None:
    """A live coverage, whose entries bear marks that `all_withheld` finds as those of its body."""
    vigil(magazine, None)


def quoted_words() -> list[str]:
    """What a stranger might guess: the words below the wall without their marks, all but the first."""
    return ["boats lay on the quay that day", f"{SENTENCE}"]


def sound_of(article: Article) -> Narration:
    """Silence, in which the article's marks stand where its paragraphs are named."""
    original = Article.objects.get(pk=article.alias_of_id or article.pk)
    found: Narration | None = Narration.objects.filter(article=original).first()
    if found is None:
        found = Narration.objects.upload(original, read_upload(mp3()), Voice.SYNTHETIC, "", None)
        text = " ".join(plain_text(block.value) for block in original.body)
        found.places = [[0, mark] for mark in sorted(marks_in(text, original.slug))]
        found.save()
    return found


def with_a_file(weekly: WeeklyIssue) -> None:
    """A file of the issue that holds every mark of its articles."""
    text = " ".join(json.dumps(list(article.body.raw_data)) for article in weekly_articles(weekly))
    row, _is_new = weekly.files.get_or_create(kind="epub")
    row.file.save("epub", ContentFile(text.encode()), save=False)
    row.size, row.made_at, row.digest = len(text.encode()), clock.now(), "digest"
    row.state, row.due_at = Making.MADE, None
    row.save()


def published_issue(edition: str) -> WeeklyIssue:
    """A weekly issue with all that the edition has in print."""
    days = {"first_day": date(2026, 2, 1), "last_day": date(2026, 3, 31)}
    weekly = WeeklyIssue.objects.create(edition=edition, number=12, **days)
    fill(weekly)
    for article in Article.objects.live().filter(locale__language_code=edition):
        if not weekly.items.filter(article_uuid=article.uuid).exists():
            weekly.add(article)
    weekly.publish()
    return weekly


def weekly_articles(weekly: WeeklyIssue) -> list[Article]:
    return [item.article for item in weekly.items.select_related("article") if item.article]


def contact_page(edition: Edition) -> StandingPage:
    body = [{"type": "text", "value": "<p>Write to us.</p>"}]
    page = StandingPage(
        title="Contact", slug="contact", body=body, locale=edition.locale, has_contact_form=True
    )
    edition.add_child(instance=page)
    return page


def public_routes() -> set[str]:
    return set(_named(get_resolver().url_patterns)) - FILES


def _named(patterns: list[URLPattern | URLResolver]) -> Iterator[str]:
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            if str(pattern.pattern) not in ELSEWHERE:
                yield from _named(pattern.url_patterns)
        elif str(pattern.pattern).partition("/")[0] + "/" not in ELSEWHERE:
            assert pattern.name, f"{pattern.pattern} has no name to walk it by"
            yield pattern.name


@pytest.fixture
def walk(magazine: Magazine, ada: Person, bruno: Person, yearly: Price) -> dict[str, list[str]]:
    """Every public route by its name, with the addresses at which the walk looks."""
    Meter.objects.update_or_create(defaults={"gift_links": 1000})
    with_evidence(magazine)
    for slug in ("us", "uk"):
        take_letters(magazine, slug)
    with_live_entries(magazine)
    # The others are as `reef` is, to the word; the pages that list them all are looked at all the same.
    articles = Article.objects.live().exclude(slug__in=[slug for slug in METERED if slug not in PROVED])
    months = {f"{article.first_published_at:%Y-%m}" for article in Article.objects.live()}
    lapsed = PodcastFeed.objects.renew(ada).token
    lapsed_catalogue = IssueFeed.objects.renew(ada).token
    days = {f"{article.first_published_at:%Y-%m-%d}" for article in Article.objects.live()}
    link = PreviewLink.objects.create(article=magazine.draft)
    link.revoke()
    found: dict[str, list[str]] = {
        "robots": ["/robots.txt"],
        "sitemap": ["/sitemap.xml"],
        "first_run": ["/desk/start/"],
        "first_run_link": ["/desk/start/nonsense/"],
    }

    def look(name: str, *args: str, query: str = "") -> None:
        found.setdefault(name, []).append(reverse(name, args=args) + query)

    for tag in settings.EDITIONS:
        contact = contact_page(magazine.edition("uk" if settings.EDITIONS[tag] else "us"))
        with translation.override(tag):
            look("wagtail_serve", "contact/", query=f"?article={magazine.article('reef').uuid}")
            look("write", str(contact.pk))
            look("written", str(contact.pk))
            look("find_subscription", query=f"?article={magazine.article('reef').uuid}")
            look("find_subscription_asked")
            look("object_to_move", "1:nonsense")
            for name in (
                "archive",
                "authors",
                "topics",
                "feeds",
                "news_sitemap",
                "sitemap_pages",
                "subscribe",
                "gift_purchase",
                "donate",
                "group_purchase",
            ):
                look(name)
            for name in ("newsletters", "newsletter_sign_up", "newsletter_pace", "newsletter_code"):
                look(name)
            for name in ("newsletter_leave", "newsletter_preferences", "newsletter_address"):
                look(name, ReaderToken(1, 1).sealed(signing_keys()))
            look("newsletter_confirm", "nonsense")
            look("take_seat", "nonsense")
            look("newsletter_click", "nonsense")
            look("followed_letter")
            look("followed_letter_leave", ReaderToken(1, 1).sealed(signing_keys()))
            look("weekly_letter")
            look("weekly_letter_leave", ReaderToken(1, 1).sealed(signing_keys()))
            look("e_reader")
            look("e_reader_leave", ReaderToken(1, 1).sealed(signing_keys()))
            look("follow_topic", "oceans")
            look("follow_author", "nell-abernathy")
            look("followed_here")
            look("sitemap_newsletters")
            slug = f"briefing-{tag}"
            issue_of(briefing(slug=slug, edition=tag), magazine, "harbour", "reef", state=Issue.State.DONE)
            look("newsletter", slug)
            look("newsletter_issue", slug, "1")
            for name in FORMATS:
                look("newsletter_feed", slug, name)
            look("offer")
            look("withdraw")
            look("redeem", query="?code=AAAA-AAAA-AAAA")
            look("checkout", str(yearly.pk), query="?next=/world/harbour/")
            for name in ("checkout_done", "stripe_back", "till"):
                look(name, "00000000-0000-0000-0000-000000000000")
            for slug, path in product(["us", "uk"], ["", "world/", "good-news/", "about/", "nowhere/"]):
                if slug == settings.EDITIONS[tag] or not settings.EDITIONS[tag]:
                    look("wagtail_serve", path)
            look("read", "00000000-0000-0000-0000-000000000000")
            for article in articles:
                look("wagtail_serve", f"{article.section.slug}/{article.slug}/")
                look("read", str(article.uuid))
                look("opened", str(article.uuid))
                look("give", str(article.uuid))
                look("since_article", str(article.uuid))
                look("save_article", str(article.uuid))
                look("own_article", str(article.uuid))
                look("live_since", str(article.uuid), "0")
                look("live_from_start", str(article.uuid))
                for name in FORMATS:
                    look("live_feed", str(article.uuid), name)
                narration = sound_of(article)
                look("listen", str(article.uuid), narration.version, narration.ending)
                look("podcast_sound", lapsed, str(article.uuid), narration.version, narration.ending)
                look("gift", GiftLink.objects.give(bruno, article.uuid).token)
            # Its pass opens the article it leads to, so the walk takes one that only says where it leads.
            look("newsletter_link", issue(magazine.article("reef").uuid, "x", life=-passes.LIFE))
            look("newsletter_link", "nonsense")
            look("podcast")
            look("own_podcast", lapsed)
            look("own_podcast", "nonsense")
            look("change_podcast")
            look("revoke_gift", "1")
            look("draft", link.token)
            look("wagtail_serve", "world/harbour/", query="?print=1&amp=1")
            look("search")
            for typed in ("tide", SENTENCE, quoted_words()[0], "Ned"):
                look("search", query=f"?{urlencode({'q': typed})}")
                for name in FORMATS:
                    look("search_feed", name, query=f"?{urlencode({'q': typed})}")
            for speaker in Speaker.objects.all():
                look("speaker", speaker.slug)
            look("contested_terms")
            for kept in quoted_words():
                look("check_quotation", query=f"?{urlencode({'words': kept})}")
            for form in ("json", "csv"):
                look("topic_evidence", "oceans", form)
                for article in articles:
                    look("article_evidence", str(article.uuid), form)
            for month in months:
                look("archive_month", *month.split("-"))
                look("archive_year", month.split("-")[0])
                look("sitemap_month", *month.split("-"), "1")
            for day in days:
                look("archive_day", *day.split("-"))
            for name in FORMATS:
                look("feed", name)
                look("section_feed", "world", name)
                look("section_feed", "science", name)
                for author in magazine.authors:
                    look("author_feed", author.slug, name)
                look("topic_feed", "oceans", name)
            for author in magazine.authors:
                look("author", author.slug)
            look("topic", "oceans")
            look("topic_evidence_page", "oceans")
            look("since_topic", "oceans")
            letter = printed(magazine.article("harbour", settings.EDITIONS[tag] or "us"))
            look("letters")
            look("article_letters", str(letter.article.uuid))
            look("letter_sent")
            look("confirm_letter", "nonsense")
            look("own_letter", Signer(salt="broadsheet.editorial.letter").sign(str(letter.pk)))
            look("own_letter", "nonsense")
            for name in FORMATS:
                look("letters_feed", name)
            for article in articles:
                look("write_letter", str(article.uuid))
            weekly = published_issue(tag)
            with_a_file(weekly)
            look("issue_download", str(weekly.number), "epub")
            look("issue_catalogue", lapsed_catalogue)
            look("issue_catalogue", "nonsense")
            look("issue_catalogue_file", lapsed_catalogue, str(weekly.number), "epub")
            look("change_issue_catalogue")
            look("offline_worker")
            look("kept_issues")
            look("issue_offline", str(weekly.number))
            look("weekly_issues")
            look("weekly_issue", str(weekly.number))
            for article in weekly_articles(weekly):
                look("weekly_article", str(weekly.number), article.section.slug, article.slug)
            for name in FORMATS:
                look("weekly_feed", name)
    return found


def test_the_walk_knows_every_public_route(walk: dict[str, list[str]]) -> None:
    assert set(walk) == public_routes()


def test_every_metered_article_withholds_something(magazine: Magazine) -> None:
    for article in [*magazine.metered(), magazine.for_subscribers, magazine.article("observatory", "us")]:
        assert withheld_marks(article), article.slug
    assert not {mark for mark in all_withheld() if mark.startswith("swifts")}


def test_no_public_address_holds_a_withheld_word(walk: dict[str, list[str]], client: Client) -> None:
    withheld, free = all_withheld(), str(Article.objects.get(slug="swifts").uuid)
    for address in {address for addresses in walk.values() for address in addresses}:
        response = client.get(address)
        by_post = walk["opened"] + walk["revoke_gift"] + walk["change_podcast"] + walk["followed_letter"]
        by_post += walk["change_issue_catalogue"] + walk["weekly_letter"]
        is_post_only = address in by_post
        answers = {405} if is_post_only else {200, 204, 302, 307, 400, 404, 410}
        if address in walk["listen"] + walk["podcast_sound"]:
            answers = {200, 404} if free in address else {403, 404}
        if address in walk["issue_download"] + walk["issue_catalogue_file"]:
            answers = {303, 403, 404}
        if address in walk["issue_offline"]:
            answers = {401}
        assert response.status_code in answers, address
        said = response.getvalue().decode("latin-1") if response.streaming else response.text
        text = said + str(dict(response.headers))
        assert not {mark for mark in withheld if mark in text}, address


def test_no_answer_to_a_script_holds_a_withheld_word(walk: dict[str, list[str]], client: Client) -> None:
    withheld = all_withheld()
    for address in walk["read"] + walk["draft"] + walk["gift"]:
        response = client.get(address, headers={"Accept": "application/json"})
        assert not {mark for mark in withheld if mark in response.text}, address


def test_searching_for_a_withheld_word_finds_nothing(magazine: Magazine, client: Client) -> None:
    for article in [one for one in Article.objects.live() if ruling(one).access != Access.FREE]:
        for withheld in withheld_marks(article):
            # What is found stands in the page; a search says again what was searched for, and that alone.
            response = client.get(f"{article.edition.prefix}/search/", {"q": withheld})
            assert response.context["articles"] == [], withheld
            assert response.context["meant"] is None or withheld not in response.context["meant"]["text"]


def test_a_withheld_word_beside_a_public_one_finds_what_has_that_alone(client: Client, walk: object) -> None:
    typed = f"{mark('reef', 5)} tide"
    for address in ("/search/", *(f"/search/feed/{name}" for name in FORMATS)):
        text = client.get(address, {"q": typed}).text
        for said_again in (typed, quote_plus(typed)):
            text = text.replace(said_again, "")
        assert not {mark for mark in all_withheld() if mark in text}, address


def test_the_search_index_holds_no_withheld_word(walk: dict[str, list[str]]) -> None:
    withheld = all_withheld()
    for entry in SearchEntry.objects.all():
        kept = f"{entry.names} {entry.opening} {entry.rest}"
        assert not {mark for mark in withheld if mark in kept}, entry
    indexing.begin_anew()
    indexing.fill(StringIO())
    assert SearchWord.objects.exists()
    for word in SearchWord.objects.all():
        assert not {mark for mark in withheld if mark.replace("-", " ") in word.spelling}
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM site_search_stems")
        stems = " ".join(str(row) for row in cursor.fetchall())
    # A mark is kept joined to one word besides: reef05.
    assert mark("reef", 1).replace("-", "") in stems
    assert not {mark for mark in withheld if mark.replace("-", "") in stems}


def test_searching_for_a_word_of_the_opening_finds_its_article(magazine: Magazine, client: Client) -> None:
    response = client.get("/search/", {"q": "harbour-01"})
    assert [article.slug for article in response.context["articles"]] == ["harbour"]


@pytest.mark.parametrize("path", ["/world/harbour/", "/ideas/index/", "/science/observatory/"])
def test_a_refused_post_tells_nothing(magazine: Magazine, client: Client, path: str) -> None:
    article = magazine.article(path.split("/")[2])
    for headers in ({"Sec-Fetch-Site": "cross-site"}, {"Sec-Purpose": "prefetch"}):
        response = client.post(f"/read/{article.uuid}", headers=headers)
        assert response.status_code == 403
        assert not marks_in(response.text, article.slug) & withheld_marks(article)
