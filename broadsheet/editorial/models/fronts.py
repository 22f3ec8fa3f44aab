from collections.abc import Iterable
from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING, Any, ClassVar
from uuid import UUID
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import models
from django.db.models import prefetch_related_objects
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalKey
from wagtail.admin.panels import FieldPanel, FieldRowPanel, InlinePanel, MultiFieldPanel
from wagtail.models import Orderable, Page, PageManager, PageQuerySet

from broadsheet.editorial.access import Access
from broadsheet.editorial.models.article import Article, ArticleQuerySet, signed
from broadsheet.editorial.models.publication import Publication, TimeZoneField
from broadsheet.editorial.models.rights import KindOfPage
from broadsheet.editorial.models.slugs import refuse_taken
from broadsheet.platform import clock
from broadsheet.platform.days import day_of, start_of
from broadsheet.platform.http.editions import language_tag
from broadsheet.platform.kept import KeptQuerySet

if TYPE_CHECKING:
    from broadsheet.editorial.models.standing_page import StandingPage

PREVIEW_LENGTH = 30


class Tone(models.TextChoices):
    PLAIN = "plain", _("Plain")
    BRIGHT = "bright", _("Bright")


TAG = "outline"
"""What is kept of editions, sections and standing pages bears it: see `platform.kept`."""


class FrontQuerySet(KeptQuerySet["Front"], PageQuerySet):
    tag = TAG


class Front(models.Model):
    """A page that ranks articles: those placed by hand first, then the newest."""

    objects: ClassVar[Any] = PageManager.from_queryset(FrontQuerySet)()

    class Meta:
        abstract = True

    if TYPE_CHECKING:
        placements: models.QuerySet[Any]
        locale_id: int

    def articles(self) -> ArticleQuerySet:
        """Everything live under this front."""
        return Article.objects.live().public().below(self)

    def lineup(self, limit: int) -> list[Article]:
        """At most `limit` articles in the order in which the front shows them.

        None appears twice, even if it is placed twice or shared from another edition.
        """
        placed_ids = list(self.placements.values_list("article_id", flat=True))
        found = Article.objects.live().public().for_headlines().in_bulk(placed_ids)
        placed: dict[UUID, Article] = {}
        in_order = [found[pk] for pk in placed_ids if pk in found]
        for article in forms_in(self.locale_id, in_order):
            placed.setdefault(article.uuid, article)
        rest = self.articles().exclude(translation_key__in=placed).newest_first().for_headlines()
        first = list(placed.values())[:limit]
        shown = attach_sections([*first, *rest[: limit - len(first)]])
        prefetch_related_objects(shown, signed())
        return shown

    def get_preview_context(self, request: HttpRequest, mode_name: str) -> dict[str, Any]:
        context: dict[str, Any] = super().get_preview_context(request, mode_name)  # type: ignore[misc]
        return context | {"articles": self.lineup(PREVIEW_LENGTH)}


class Edition(KindOfPage, Front, Page):
    """One market's version of the magazine, and its front page."""

    short_name = models.CharField(_("short name"), max_length=12, help_text=_("“US”, “UK”"))
    currency = models.CharField(_("currency"), max_length=3, default="USD")
    time_zone = TimeZoneField(_("time zone"), default="UTC")
    breaking_text = models.CharField(_("breaking-news line"), max_length=140, blank=True)
    breaking_article = models.ForeignKey(
        Article,
        on_delete=models.SET_NULL,
        verbose_name=_("leads to"),
        null=True,
        blank=True,
        related_name="+",
    )
    breaking_until = models.DateTimeField(
        _("shown until"), null=True, blank=True, help_text=_("Empty: until it is removed.")
    )
    takes_letters = models.BooleanField(
        _("takes letters to the editor"),
        default=False,
        help_text=_("Readers can write about each article that is not closed to letters."),
    )
    from_the_archive = models.ForeignKey(
        Article, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )

    template = "editorial/front.html"
    parent_page_types = ["wagtailcore.Page"]
    subpage_types = ["editorial.Section", "editorial.StandingPage"]
    content_panels = [
        *Page.content_panels,
        MultiFieldPanel(
            [
                FieldPanel("breaking_text"),
                FieldPanel("breaking_article"),
                FieldPanel("breaking_until"),
            ],
            _("Breaking news"),
        ),
        InlinePanel(
            "placements",
            label=_("Article"),
            heading=_("Front page, in order"),
            help_text=_("The first is the lead. Below those placed here stand the newest."),
        ),
        FieldPanel("from_the_archive"),
    ]
    settings_panels = [
        FieldRowPanel([FieldPanel("short_name"), FieldPanel("currency"), FieldPanel("time_zone")]),
        FieldPanel("takes_letters"),
        *Page.settings_panels,
    ]

    class Meta:
        verbose_name = _("edition")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(currency__regex=r"^[A-Z]{3}$"), name="edition_currency_is_iso_4217"
            )
        ]

    def __str__(self) -> str:
        return self.full_name

    @property
    def full_name(self) -> str:
        """“The Meridian UK”."""
        return f"{Publication.load().name} {self.short_name}"

    def get_admin_display_title(self) -> str:
        # What the desk's list of pages says: a title of its own would be a second name of the magazine.
        return self.full_name

    @property
    def language_tag(self) -> str:
        return language_tag(self.locale.language_code)

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.time_zone)

    @property
    def prefix(self) -> str:
        """``""`` or ``"/uk"``, the prefix of every address of this edition."""
        prefix = settings.EDITIONS.get(self.locale.language_code, "")
        return f"/{prefix}" if prefix else ""

    @cached_property
    def sections(self) -> "list[Section]":
        from broadsheet.editorial.models import outline

        return outline.sections_of(self)

    @cached_property
    def standing_pages(self) -> "list[StandingPage]":
        from broadsheet.editorial.models import outline

        return outline.standing_pages_of(self)

    @property
    def contact_page(self) -> "StandingPage | None":
        """The first standing page with a form to write to the publication."""
        return next((page for page in self.standing_pages if page.has_contact_form), None)

    @property
    def help_page(self) -> "StandingPage | None":
        """The first standing page that answers questions."""
        return next((page for page in self.standing_pages if page.has_questions), None)

    @property
    def breaking(self) -> str:
        ended = self.breaking_until and self.breaking_until <= clock.now()
        return "" if ended else self.breaking_text

    @property
    def today_began_at(self) -> datetime:
        """Midnight, by the edition's own clock."""
        return start_of(day_of(clock.now(), self.zone), self.zone)

    @property
    def breaking_leads_to(self) -> Article | None:
        return self._named.get(self.breaking_article_id)

    @property
    def archived(self) -> Article | None:
        """The article from the archive, if it is published."""
        return self._named.get(self.from_the_archive_id)

    @cached_property
    def _named(self) -> "dict[int | None, Article]":
        """The articles that the front names, by their ids: those that are live, in their form here."""
        ids = [pk for pk in (self.breaking_article_id, self.from_the_archive_id) if pk]
        found = Article.objects.live().for_headlines().in_bulk(ids)
        articles = attach_sections(forms_in(self.locale_id, found.values()))
        prefetch_related_objects(articles, signed())
        return dict(zip(found, articles, strict=True))


class EditionPlacement(Orderable):
    front = ParentalKey(Edition, on_delete=models.CASCADE, related_name="placements")
    article = models.ForeignKey(Article, on_delete=models.CASCADE, related_name="+")

    panels = [FieldPanel("article")]


class Section(KindOfPage, Front, Page):
    """A department of an edition: World, Business, Good News."""

    description = models.CharField(_("description"), max_length=300, blank=True)
    access = models.CharField(
        _("access"),
        max_length=12,
        choices=Access.choices,
        blank=True,
        help_text=_("Of its articles that set none. Empty: as the publication says."),
    )
    tone = models.CharField(
        _("tone"),
        max_length=6,
        choices=Tone.choices,
        default=Tone.PLAIN,
        help_text=_("Bright: on warmer paper, with a band of its own on the front page."),
    )

    template = "editorial/section.html"
    parent_page_types = ["editorial.Edition"]
    subpage_types = ["editorial.Article"]
    content_panels = [
        *Page.content_panels,
        FieldPanel("description"),
        InlinePanel("placements", label=_("Article"), heading=_("At the top, in order")),
    ]
    settings_panels = [FieldPanel("access"), FieldPanel("tone"), *Page.settings_panels]

    class Meta:
        verbose_name = _("section")

    def clean(self) -> None:
        super().clean()
        refuse_taken(self.slug)

    @property
    def is_bright(self) -> bool:
        return self.tone == Tone.BRIGHT

    def newest(self, limit: int, *, besides: Article) -> list[Article]:
        """The newest articles of the section other than `besides`, without who wrote them."""
        others = list(self.articles().exclude(pk=besides.pk).newest_first().for_headlines()[:limit])
        for article in others:
            article.section = self
        return others

    @cached_property
    def edition(self) -> Edition:
        from broadsheet.editorial.models import outline

        return outline.edition_above(self)


class SectionPlacement(Orderable):
    front = ParentalKey(Section, on_delete=models.CASCADE, related_name="placements")
    article = models.ForeignKey(Article, on_delete=models.CASCADE, related_name="+")

    panels = [FieldPanel("article")]


def forms_in(locale_id: int, articles: Iterable[Article]) -> list[Article]:
    """Each article's form in the edition of that locale, and itself where it has none there.

    They come as `ArticleQuerySet.for_headlines` has them.
    """
    articles = list(articles)
    elsewhere = [article.uuid for article in articles if article.locale_id != locale_id]
    if not elsewhere:
        return articles
    here = Article.objects.live().public().filter(locale_id=locale_id, translation_key__in=elsewhere)
    forms = {article.uuid: article for article in here.for_headlines()}
    return [forms.get(article.uuid, article) for article in articles]


def attach_sections(articles: Iterable[Article]) -> list[Article]:
    """Gives each article its `section`; those of one section share it."""
    articles = list(articles)
    sections: dict[str, Section] = {}
    for article in articles:
        path = article.path[: -article.steplen]
        article.section = sections.setdefault(path, article.section)
    return articles


def attach_editions(sections: Iterable[Section]) -> list[Section]:
    """Gives each section its `edition`; those of one edition share it."""
    sections = list(sections)
    editions: dict[str, Edition] = {}
    for section in sections:
        path = section.path[: -section.steplen]
        section.edition = editions.setdefault(path, section.edition)
    return sections
