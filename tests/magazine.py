"""The small magazine in the tests: two editions, and articles in which every block bears a mark.

It is printed once a run, before the first test; each test gets it unread, through the `magazine` fixture.
A block's mark is a word such as ``harbour-03`` that stands nowhere else, so that a test can say exactly what
of an article a response holds.
"""

import re
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from io import BytesIO
from typing import Any

import pytest
from django.conf import settings
from django.core.files.images import ImageFile
from django.db import transaction
from PIL import Image
from wagtail.models import Locale, Page, Site
from wagtail.rich_text import RichText
from wagtail.signal_handlers import disable_reference_index_auto_update

from broadsheet.desk.roles import set_up_newsroom
from broadsheet.editorial.models import (
    Article,
    Author,
    Byline,
    Edition,
    Picture,
    Publication,
    Section,
    StandingPage,
    Topic,
)
from tests import printed

PRINTED = datetime(2026, 3, 2, 6, tzinfo=UTC)
"""When the newest article was published; each next one is a day older."""

METERED = ("harbour", "reef", "orchard", "ledger", "lantern", "quarry", "meadow", "viaduct")
"""In the American edition. `harbour` is in both, and `observatory`, metered too, has every kind of block."""

SENTENCE = "The tide went out over the flats that morning and the boats lay where it left them, waiting."


def mark(slug: str, position: int) -> str:
    return f"{slug}-{position:02}"


def marks_in(text: str, slug: str) -> set[str]:
    """Which marks of the article `slug` stand in `text`."""
    return set(re.findall(rf"\b{slug}-\d\d\b", text))


def text_block(slug: str, position: int) -> dict[str, Any]:
    return {"type": "text", "value": f"<p>{mark(slug, position)} {SENTENCE}</p><p>{SENTENCE} {SENTENCE}</p>"}


def plain_body(slug: str, blocks: int = 8) -> list[dict[str, Any]]:
    """`blocks` blocks of about fifty words, marked ``<slug>-01`` onwards; three are above the wall."""
    body = [text_block(slug, position) for position in range(1, blocks + 1)]
    body.insert(3, {"type": "wall", "value": None})
    return body


def full_body(slug: str, picture: Picture) -> list[dict[str, Any]]:
    """One block of each kind that holds words, all but the first below the wall."""

    def source(position: int) -> dict[str, str]:
        return {"name": f"Source {mark(slug, position)}", "url": "https://source.example/"}

    shown = {"image": picture.pk, "caption": f"<p>{mark(slug, 2)}</p>", "alt": "", "width": "text"}
    return [
        text_block(slug, 1),
        {"type": "wall", "value": None},
        {"type": "picture", "value": shown},
        {"type": "heading", "value": mark(slug, 3)},
        {"type": "pull_quote", "value": {"text": mark(slug, 4), "attribution": ""}},
        {"type": "list", "value": {"ordered": False, "items": [f"<p>{mark(slug, 5)}</p>"]}},
        {"type": "gallery", "value": {"pictures": [shown | {"caption": mark(slug, 6)}] * 2}},
        text_block(slug, 7),
    ]


def make_picture(title: str, **fields: Any) -> Picture:
    """A small picture of one colour, with a credit unless `fields` say otherwise."""
    file = BytesIO()
    Image.new("RGB", (640, 400), "#7a4b3a").save(file, "PNG")
    file.seek(0)
    fields = {"description": f"A plain view of {title}", "credit": "Ilse Marr / The Meridian"} | fields
    return Picture.objects.create(title=title, file=ImageFile(file, name=f"{title}.png"), **fields)


class Magazine:
    """What is in print. Each name is looked up anew, so that no test meets another's changes."""

    def edition(self, slug: str) -> Edition:
        return Edition.objects.get(slug=slug)

    @property
    def us(self) -> Edition:
        return self.edition("us")

    @property
    def uk(self) -> Edition:
        return self.edition("uk")

    def section(self, slug: str, edition: str = "us") -> Section:
        return Section.objects.child_of(self.edition(edition)).get(slug=slug)

    def article(self, slug: str, edition: str = "us") -> Article:
        return Article.objects.descendant_of(self.edition(edition)).get(slug=slug)

    def metered(self) -> list[Article]:
        """Eight metered articles of the American edition."""
        return [self.article(slug) for slug in METERED]

    @property
    def free(self) -> Article:
        return self.article("swifts")

    @property
    def for_subscribers(self) -> Article:
        return self.article("index")

    @property
    def draft(self) -> Article:
        return self.article("almanac")

    @property
    def authors(self) -> list[Author]:
        return list(Author.objects.all())

    def write(self, slug: str, *, section: str = "world", edition: str = "us", **fields: Any) -> Article:
        """A draft in print's own form; `fields` are the article's."""
        parent = self.section(section, edition)
        defaults = {
            "title": slug.capitalize(),
            "standfirst": f"The standfirst of {slug}.",
            "kicker": "Tides",
            "body": plain_body(slug),
            "locale": parent.locale,
            "live": False,
        }
        article = Article(slug=slug, **(defaults | fields))
        article.bylines = [Byline(author=Author.objects.get(slug="nell-abernathy"))]
        parent.add_child(instance=article)
        with (
            disable_reference_index_auto_update()
        ):  # as saved a line above: what it refers to is written down
            article.save_revision(log_action=False)
        return article

    def publish(self, slug: str, *, at: datetime | None = None, **fields: Any) -> Article:
        article = self.write(slug, **fields)
        article.get_latest_revision().publish(log_action=None)
        article.refresh_from_db()
        if at:
            article.first_published_at = article.last_published_at = at
            with disable_reference_index_auto_update():
                article.save(update_fields=["first_published_at", "last_published_at"])
        return article


def publish_magazine() -> Magazine:
    """Prints it in the database, once a run."""
    magazine = Magazine()
    with transaction.atomic():
        _make_editions()
        _make_authors()
        _make_articles(magazine)
    printed.keep()
    return magazine


def _root() -> Page:
    Locale.objects.get_or_create(language_code=settings.LANGUAGE_CODE)
    root = Page.get_first_root_node() or Page.add_root(title="Root", slug="root")
    Page.objects.filter(depth=2).delete()
    set_up_newsroom()
    return Page.objects.get(pk=root.pk)


def _make_editions() -> None:
    publication = Publication.load()
    publication.name = "The Meridian"
    publication.opening_words = 60
    publication.contact_email = "desk@magazine.example"
    publication.save()
    root = _root()
    first: dict[str, Page] = {}

    def add(parent: Page, page: Page) -> None:
        if page.slug in first:
            page.translation_key = first[page.slug].translation_key
        first.setdefault(page.slug, page)
        parent.add_child(instance=page)

    markets = (("us", "en-us", "USD", "America/New_York"), ("uk", "en-gb", "GBP", "Europe/London"))
    key = None
    for slug, tag, currency, zone in markets:
        locale, _ = Locale.objects.get_or_create(language_code=tag)
        edition = Edition(
            title="The Meridian",
            slug=slug,
            locale=locale,
            short_name=slug.upper(),
            currency=currency,
            time_zone=zone,
        )
        if key:
            edition.translation_key = key
        root.add_child(instance=edition)
        key = edition.translation_key
        for name in ("World", "Science", "Ideas"):
            add(edition, Section(title=name, slug=name.lower(), locale=locale, show_in_menus=True))
        good_news = Section(title="Good News", slug="good-news", locale=locale, access="free", tone="bright")
        add(edition, good_news)
        about = [("text", RichText("<p>Who we are.</p>"))]
        add(edition, StandingPage(title="About", slug="about", body=about, locale=locale))
    Site.objects.all().delete()
    Site.objects.create(
        hostname="localhost",
        port=80,
        site_name="The Meridian",
        root_page=Edition.objects.get(slug="us"),
        is_default_site=True,
    )


def _make_authors() -> None:
    for name, slug in (("Nell Abernathy", "nell-abernathy"), ("Samuel Osei", "samuel-osei")):
        Author.objects.create(name=name, slug=slug, role="Correspondent", biography=f"{name} writes here.")
    Topic.objects.create(name="Oceans", slug="oceans", description="What the sea does.")


def _days_before(slugs: Iterable[str]) -> Iterable[tuple[str, datetime]]:
    return ((slug, PRINTED - timedelta(days=days)) for days, slug in enumerate(slugs))


def _make_articles(magazine: Magazine) -> None:
    picture = make_picture("harbour at low water")
    for slug, at in _days_before(METERED):
        article = magazine.publish(slug, at=at, picture=picture if slug == "harbour" else None)
        article.topics.add(Topic.objects.get(slug="oceans"))
        article.save()
        if slug == "harbour":
            article.share_with(magazine.uk)
    before = PRINTED - timedelta(days=20)
    magazine.publish("observatory", section="science", at=before, body=full_body("observatory", picture))
    magazine.publish("foundry", section="science", edition="uk", at=before)
    magazine.publish("index", section="ideas", at=before, access="subscribers", kind="opinion")
    magazine.publish("swifts", section="good-news", at=before)
    magazine.write("almanac", section="science")


@pytest.fixture
def magazine(db: None) -> Magazine:
    return Magazine()
