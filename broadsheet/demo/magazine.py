"""Builds The Meridian: two editions, seven sections each, eight authors, forty articles, staff."""

from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.files import File
from django.db import transaction
from wagtail.documents import get_document_model
from wagtail.models import Locale, Page, Site
from wagtail.rich_text import RichText

from broadsheet.demo import (
    content,
    following,
    help_page,
    identities,
    issues,
    letters,
    live,
    mailboxes,
    people,
    questions,
    reading,
    sends,
    together,
    walls,
    weekly,
)
from broadsheet.demo.cards import Cards
from broadsheet.demo.catalogue import open_shop
from broadsheet.demo.readership import invent
from broadsheet.demo.register import Register
from broadsheet.demo.spelling import make_own, respelled
from broadsheet.demo.subscribers import Subscribers
from broadsheet.editorial.access import Access
from broadsheet.editorial.models import (
    Article,
    Author,
    Byline,
    Correction,
    Edition,
    EditionPlacement,
    Narration,
    Picture,
    Publication,
    Section,
    SectionPlacement,
    StandingPage,
    Tone,
    Topic,
)
from broadsheet.insights.models import HourlyCount
from broadsheet.people.models import Person
from broadsheet.site.search import keeping

type Step = Callable[[], None]

HEARD = ("fine-by-the-library", "a-library-nobody-may-read")
"""Articles with an audio version: a free one, and one for subscribers. Both are short."""
EDITIONS: dict[str, dict[str, Any]] = {
    "us": {
        "tag": "en-us",
        "title": "The Meridian",
        "short_name": "US",
        "currency": "USD",
        "time_zone": "America/New_York",
    },
    "uk": {
        "tag": "en-gb",
        "title": "The Meridian",
        "short_name": "UK",
        "currency": "GBP",
        "time_zone": "Europe/London",
    },
}


class Magazine:
    """One seeding. `now` is the moment that the articles' relative dates count back from."""

    def __init__(self, now: datetime) -> None:
        self.now = now
        self.editions: dict[str, Edition] = {}
        self.pictures: dict[str, Picture] = {}
        self.documents: dict[str, int] = {}
        self.authors: dict[str, Author] = {}
        self.topics: dict[str, Topic] = {}
        self.articles: dict[str, Article] = {}
        self.written = {article["slug"]: article for article in content.articles()}

    @staticmethod
    def exists() -> bool:
        return Edition.objects.exists()

    def steps(self) -> list[tuple[str, Step]]:
        """What is done, in order, each step with its name."""
        return [
            ("Editions and sections", self._make_editions),
            ("Pictures", self._make_pictures),
            ("Authors and topics", self._make_authors),
            ("Standing pages", self._make_standing_pages),
            ("Help", lambda: help_page.make_help_page(self.editions)),
            ("Articles", self._make_articles),
            ("Front pages", self._curate),
            ("What is read out", self._read_out),
            ("Menus", lambda: identities.make_menus(self.editions)),
            ("Rules and words of the wall", self._set_up_wall),
            ("A month of readers", self._count_readers),
            ("People", people.make_people),
            ("What readers saved and read", lambda: reading.keep_lists(self.articles, self.now)),
            ("How it looks", lambda: identities.make_identities(self.editions, self.now)),
            ("Plans and fourteen months of subscribers", self._sell),
            ("Cards and their disputes", self._take_cards),
            ("A school, and the paper", self._read_together),
            ("A library", lambda: people.make_library(self.now)),
            ("Letters to readers", self._write_to_readers),
            ("Newsletters and their readers", self._make_newsletters),
            ("What readers follow", lambda: following.make_follows(EDITIONS["us"]["tag"])),
            ("Issues of newsletters", lambda: issues.make_issues(self.now)),
            ("Questions from readers", lambda: questions.make_questions(self.now)),
            ("Letters to the editor", lambda: letters.make_letters(self.now)),
            ("Weekly issues", self._make_weekly_issues),
        ]

    def build(self, report: Callable[[str], None] = lambda step: None) -> None:
        """Everything or nothing: a seeding that is interrupted leaves no half of a magazine."""
        with transaction.atomic(), keeping.together():
            for name, step in self.steps():
                report(name)
                step()

    def _make_editions(self) -> None:
        publication = Publication.load()
        publication.name = "The Meridian"
        publication.motto = "The week, from both sides of the line"
        publication.description = (
            "A weekly digest of the news, with its sources showing, in an American and a British edition."
        )
        publication.time_zone = "America/New_York"
        publication.contact_email = "desk@meridian.example"
        publication.postal_address = "14 Customs House Lane\nPort Ellery, ME 04999"
        publication.save()
        root = Page.get_first_root_node()
        Page.objects.filter(depth=2).delete()
        root = Page.objects.get(pk=root.pk)
        written = content.load("sections")
        first: Edition | None = None
        for key, about in EDITIONS.items():
            tag = about["tag"]
            locale, _ = Locale.objects.get_or_create(language_code=tag)
            edition = Edition(
                title=about["title"],
                slug=key,
                locale=locale,
                short_name=about["short_name"],
                currency=about["currency"],
                time_zone=about["time_zone"],
                takes_letters=True,
            )
            if first:
                edition.translation_key = first.translation_key
            root.add_child(instance=edition)
            self.editions[key] = edition
            for slug, text in written.items():
                section = Section(
                    title=text["name"],
                    slug=slug,
                    locale=locale,
                    description=text[key],
                    show_in_menus=True,
                    access=Access.FREE if slug == "good-news" else "",
                    tone=Tone.BRIGHT if slug == "good-news" else Tone.PLAIN,
                )
                if first:
                    section.translation_key = self._section("us", slug).translation_key
                edition.add_child(instance=section)
            first = first or edition
        Site.objects.all().delete()
        Site.objects.create(
            hostname=settings.PUBLIC.hostname,
            port=settings.PUBLIC.port or (443 if settings.HTTPS else 80),
            site_name="The Meridian",
            root_page=self.editions["us"],
            is_default_site=True,
        )

    def _section(self, edition: str, slug: str) -> Section:
        return Section.objects.child_of(self.editions[edition]).get(slug=slug)

    def _make_pictures(self) -> None:
        for key, about in content.pictures().items():
            x, y = about.get("focal", [0.5, 0.5])
            with (content.PICTURES / f"{key}.webp").open("rb") as file:
                picture = Picture(
                    title=about["title"],
                    description=about["alt"],
                    credit=about["credit"],
                    licence=about.get("licence", ""),
                    file=File(file, name=f"{key}.webp"),
                )
                picture.save()
            if "focal" in about:
                extent = about.get("width_focal", 0.4)
                picture.focal_point_x = round(picture.width * x)
                picture.focal_point_y = round(picture.height * y)
                picture.focal_point_width = picture.focal_point_height = round(picture.height * extent)
                picture.save()
            self.pictures[key] = picture
        publication = Publication.load()
        publication.share_picture = self.pictures["promo-subscribe"]
        publication.save()
        Document = get_document_model()
        for path in sorted(content.PICTURES.glob("*.mp3")):
            with path.open("rb") as file:
                document = Document.objects.create(title=path.stem, file=File(file, name=path.name))
            self.documents[path.name] = document.pk

    def _make_authors(self) -> None:
        for slug, about in content.load("authors").items():
            edition = self.editions[about["edition"]]
            self.authors[slug] = Author.objects.create(
                slug=slug,
                name=about["name"],
                role=about["role"],
                biography=about["biography"],
                email=about.get("email", ""),
                edition=edition.locale,
                picture=self.pictures.get(f"portrait-{slug}"),
            )
        for slug, about in content.load("topics").items():
            self.topics[slug] = Topic.objects.create(slug=slug, **about)

    def _make_standing_pages(self) -> None:
        for about in content.load("pages")["pages"]:
            first: StandingPage | None = None
            for key in about["editions"]:
                page = StandingPage(
                    title=about["title"],
                    slug=about["slug"],
                    standfirst=about["standfirst"],
                    body=self._standing_body(about),
                    locale=self.editions[key].locale,
                    show_in_menus=True,
                    has_contact_form=about.get("has_contact_form", False),
                )
                if first:
                    page.translation_key = first.translation_key
                self.editions[key].add_child(instance=page)
                first = first or page

    def _standing_body(self, about: dict[str, Any]) -> list[tuple[str, Any]]:
        """Its text; before the last crosshead a picture, and what it has to say in large letters."""
        opening, _line, rest = about["text"].rpartition("\n## ")
        body: list[tuple[str, Any]] = [("text", RichText(content.paragraphs(opening or rest)))]
        if key := about.get("picture"):
            body.append(("picture", {"image": self.pictures[key], "width": "wide"}))
        if said := about.get("pull_quote"):
            body.append(("pull_quote", {"text": said, "attribution": ""}))
        if opening:
            body.append(("text", RichText(content.paragraphs(f"## {rest}"))))
        return body

    def _make_articles(self) -> None:
        # Bodies name other articles, so all of them must exist before the first body is made.
        for slug, written in self.written.items():
            self.articles[slug] = self._make_draft(slug, written)
        ids = {slug: article.pk for slug, article in self.articles.items()}
        picture_ids = {key: picture.pk for key, picture in self.pictures.items()}
        register = Register(self.pictures)
        for slug, written in self.written.items():
            article = self.articles[slug]
            body = content.Body(slug, picture_ids, self.documents, register, ids)
            article.body = Article.body.field.to_python(body.blocks(written["body"]))
            article.save_revision(log_action=False).publish(log_action=None)
            article = self.articles[slug] = Article.objects.get(pk=article.pk)
            self._date(article, written)
            if "live" in written:
                zone = self._zone(written["editions"][0])
                moment = live.moment_in(self.now, partial(content.moment, now=self.now, zone=zone))
                live.tell(article, written, self.authors, body, moment)
            for key in written["editions"][1:]:
                copy = article.share_with(self.editions[key])
                if (own := respelled(written, key)) != written:
                    self._date(make_own(copy, own, body), written)
        register.enter_the_rest(self.now)

    def _make_draft(self, slug: str, written: dict[str, Any]) -> Article:
        home = written["editions"][0]
        article = Article(
            title=written["headline"],
            slug=slug,
            kicker=written.get("kicker", ""),
            standfirst=written.get("standfirst", ""),
            dateline=written.get("dateline", ""),
            kind=written["kind"],
            access=written.get("access", ""),
            work=written.get("work", ""),
            methods=written.get("methods", ""),
            picture=self.pictures[written["picture"]] if written.get("picture") else None,
            picture_caption=written.get("picture_caption", ""),
            locale=self.editions[home].locale,
            live=False,
        )
        bylines = [
            Byline(author=self.authors[author], sort_order=i) for i, author in enumerate(written["authors"])
        ]
        corrections = [
            Correction(
                kind=note["kind"],
                note=note["note"],
                date=content.moment(note["date"], self.now, self._zone(home)).date(),
            )
            for note in written.get("corrections", [])
        ]
        article.bylines.set(bylines)
        article.corrections.set(corrections)
        self._section(home, written["section"]).add_child(instance=article)
        article.topics.set([self.topics[topic] for topic in written.get("topics", [])])
        return article

    def _zone(self, edition: str) -> ZoneInfo:
        return ZoneInfo(EDITIONS[edition]["time_zone"])

    def _date(self, article: Article, written: dict[str, Any]) -> None:
        at = content.moment(written["published"], self.now, self._zone(written["editions"][0]))
        article.first_published_at = article.last_published_at = at
        article.save(update_fields=["first_published_at", "last_published_at"])

    def _read_out(self) -> None:
        """Asks for it: the worker makes it once the magazine is served, if there is a program."""
        if settings.SPEECH_COMMAND:
            for slug in HEARD:
                Narration.objects.ask(self.articles[slug], None)

    def _curate(self) -> None:
        fronts = content.load("fronts")
        for key, edition in self.editions.items():
            about = fronts[key]
            for position, slug in enumerate([about["lead"], *about["front"]]):
                EditionPlacement.objects.create(
                    front=edition, article=self._in(key, slug), sort_order=position
                )
            for section, slug in about["section_lead"].items():
                SectionPlacement.objects.create(
                    front=self._section(key, section), article=self._in(key, slug), sort_order=0
                )
            edition.from_the_archive = self._in(key, about["archive"])
            if breaking := about.get("breaking"):
                edition.breaking_text = breaking["text"]
                edition.breaking_article = self._in(key, breaking["slug"])
            edition.save()

    def _in(self, edition: str, slug: str) -> Article:
        """The article as it stands in `edition`: itself, or its alias there."""
        key = self.articles[slug].translation_key
        return Article.objects.get(translation_key=key, locale=self.editions[edition].locale)

    def _set_up_wall(self) -> None:
        walls.make_rules(self._section("uk", "culture"))
        walls.make_wording(self.editions["uk"])
        walls.make_experiment(self.editions["us"], ZoneInfo(EDITIONS["us"]["time_zone"]), self.now)

    def _count_readers(self) -> None:
        zones = {about["tag"]: ZoneInfo(about["time_zone"]) for about in EDITIONS.values()}
        articles = Article.objects.live().select_related("locale")
        HourlyCount.objects.bulk_create(invent(articles, zones, self.now), batch_size=2_000)

    def _sell(self) -> None:
        manager = Person.objects.get(email="subscriptions@meridian.example")
        subscribers = Subscribers(open_shop(self.now, self.pictures["promo-subscribe"]), self.now, manager)
        subscribers.live(Person.objects.get(email=people.SUBSCRIBER[0]))

    def _take_cards(self) -> None:
        Cards(self.now, Person.objects.get(email="subscriptions@meridian.example")).live()

    def _read_together(self) -> None:
        together.read_together(self.now, Person.objects.get(email="subscriptions@meridian.example"))

    def _make_newsletters(self) -> None:
        mailboxes.make_newsletters(self.editions, self.now)

    def _make_weekly_issues(self) -> None:
        zones = {about["tag"]: ZoneInfo(about["time_zone"]) for about in EDITIONS.values()}
        weekly.make_issues(self.now, zones, self.pictures)
        weekly.make_subscriber(self.now, EDITIONS["us"]["tag"])

    def _write_to_readers(self) -> None:
        sends.make_sends(self.now, [people.READER[0], people.SUBSCRIBER[0]])
