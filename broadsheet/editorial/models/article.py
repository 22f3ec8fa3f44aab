from datetime import timedelta
from functools import cached_property, reduce
from operator import or_
from typing import TYPE_CHECKING, Any, ClassVar, Self
from uuid import UUID

from django.db import models
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalKey, ParentalManyToManyField
from wagtail.admin.panels import FieldPanel, FieldRowPanel, InlinePanel, MultiFieldPanel, TitleFieldPanel
from wagtail.admin.widgets import AdminAutoHeightTextInput
from wagtail.fields import StreamField
from wagtail.models import (
    Locale,
    Orderable,
    Page,
    PageManager,
    PageQuerySet,
    Revision,
    WorkflowState,
)
from wagtail.search import index

from broadsheet.editorial.access import Access
from broadsheet.editorial.body import BodyBlock
from broadsheet.editorial.forms import ArticleCopyForm, ArticleForm
from broadsheet.editorial.models.correction import Correctable
from broadsheet.editorial.models.evidenced import Evidenced
from broadsheet.editorial.models.moving import Movable
from broadsheet.editorial.models.publication import Publication
from broadsheet.editorial.models.readiness import Readiness
from broadsheet.editorial.models.rights import KindOfPage
from broadsheet.editorial.models.sharing import Sharing
from broadsheet.editorial.opening import Bound, Parts, divide, plain_text
from broadsheet.editorial.page_indexes import Above
from broadsheet.platform.kept import KeptQuerySet

if TYPE_CHECKING:
    from django.db.models.fields.related_descriptors import RelatedManager

    from broadsheet.editorial.models.author import Author
    from broadsheet.editorial.models.correction import Correction
    from broadsheet.editorial.models.coverage import Coverage
    from broadsheet.editorial.models.fronts import Edition, Section

WORDS_A_MINUTE = 230


class Kind(models.TextChoices):
    NEWS = "news", _("News")
    ANALYSIS = "analysis", _("Analysis")
    OPINION = "opinion", _("Opinion")
    BRIEFING = "briefing", _("Briefing")
    EXPLAINER = "explainer", _("Explainer")
    REVIEW = "review", _("Review")
    LIVE = "live", _("Live coverage")


class State(models.TextChoices):
    """How far an article is from being published."""

    DRAFT = "draft", _("Draft")
    DESK = "desk", _("On the desk")
    SCHEDULED = "scheduled", _("Scheduled")
    LIVE = "live", _("Published")
    CHANGED = "changed", _("Published, with a newer draft")


TAG = "articles"
"""What is kept of published articles bears it: see `platform.kept`."""
# Django pays for each column of each query once more than for the row.
NOT_IN_LISTS = (
    "body",
    "closed_to_letters",
    "dateline",
    "draft_title",
    "embargo_until",
    "expire_at",
    "expired",
    "go_live_at",
    "has_unpublished_changes",
    "latest_revision",
    "latest_revision_created_at",
    "live_revision",
    "locked",
    "locked_at",
    "locked_by",
    "numchild",
    "owner",
    "picture__collection",
    "picture__created_at",
    "picture__file_size",
    "picture__licence",
    "picture__title",
    "picture__uploaded_by_user",
    "picture_caption",
    "search_description",
    "seo_title",
    "show_in_menus",
)


class ArticleQuerySet(KeptQuerySet[Any], PageQuerySet):
    tag = TAG

    def private_q(self) -> models.Q:
        """As Wagtail's, which asks the database each time."""
        from broadsheet.editorial.models.outline import outline

        below = [models.Q(path__startswith=path) for path in outline().private]
        return reduce(or_, below, models.Q(pk__in=[]))

    def public(self) -> Self:
        """As Wagtail's; a query without that condition, which hardly anybody needs, is made quicker."""
        from broadsheet.editorial.models.outline import outline

        return self.exclude(self.private_q()) if outline().private else self

    def in_print(self) -> Self:
        """What has a page: live, public, and of an edition that is published."""
        from broadsheet.editorial.models.outline import editions

        return self.live().public().filter(locale__in=[edition.locale_id for edition in editions()])

    def newest_first(self) -> Self:
        return self.order_by("-first_published_at", "-pk")

    def below(self, front: Page) -> Self:
        """What stands below an edition or a section: as `descendant_of`, by an index that has it in order."""
        return self.alias(above=Above(front.depth)).filter(above=front.path)

    def originals(self) -> Self:
        """Without aliases: copies that show an original in another edition."""
        return self.filter(alias_of=None)

    def once_each(self, locale: Locale) -> Self:
        """Each article once, the newest first: its form in the edition of `locale`, else the original."""
        is_here = models.Q(locale=locale)
        copies = Page.objects.live().filter(translation_key=models.OuterRef("translation_key"))
        better = copies.filter(is_here | models.Q(pk__lt=models.OuterRef("pk")))
        return self.filter(is_here | ~models.Exists(better)).newest_first()

    def for_teasers(self) -> Self:
        """With everything that a list of articles shows, in a constant number of queries."""
        return self.for_headlines().prefetch_related(signed())

    def for_headlines(self) -> Self:
        """As `for_teasers`, without who wrote them."""
        return self.select_related("picture", "locale").defer(*NOT_IN_LISTS)

    def in_state(self, state: State) -> Self:
        on_the_desk = WorkflowState.objects.filter(status=WorkflowState.STATUS_IN_PROGRESS)
        scheduled = Revision.page_revisions.filter(approved_go_live_at__isnull=False)
        ids = {
            State.DESK: [int(pk) for pk in on_the_desk.values_list("object_id", flat=True)],
            State.SCHEDULED: [int(pk) for pk in scheduled.values_list("object_id", flat=True)],
        }
        match state:
            case State.DRAFT:
                return self.filter(live=False).exclude(pk__in=ids[State.DESK] + ids[State.SCHEDULED])
            case State.DESK | State.SCHEDULED:
                return self.filter(pk__in=ids[state])
            case State.LIVE:
                return self.filter(live=True)
            case State.CHANGED:
                return self.filter(live=True, has_unpublished_changes=True)


ArticleManager = PageManager.from_queryset(ArticleQuerySet)


class Article(KindOfPage, Readiness, Sharing, Movable, Correctable, Evidenced, Page):
    """One piece of journalism. The uuid that the meter counts is its `translation_key`."""

    kicker = models.CharField(_("kicker"), max_length=40, blank=True)
    standfirst = models.TextField(_("standfirst"), max_length=300, blank=True)
    dateline = models.CharField(_("dateline"), max_length=60, blank=True)
    kind = models.CharField(_("kind"), max_length=10, choices=Kind.choices, default=Kind.NEWS)
    picture = models.ForeignKey(
        "editorial.Picture",
        on_delete=models.PROTECT,
        verbose_name=_("lead picture"),
        null=True,
        blank=True,
        related_name="+",
    )
    picture_caption = models.CharField(
        _("caption"), max_length=400, blank=True, help_text=_("Where the picture’s own does not serve.")
    )
    body = StreamField(BodyBlock(), verbose_name=_("body"), blank=True)
    topics = ParentalManyToManyField(
        "editorial.Topic", verbose_name=_("topics"), blank=True, related_name="articles"
    )
    access = models.CharField(
        _("access"),
        max_length=12,
        choices=Access.choices,
        blank=True,
        help_text=_("Empty: as the section says, else the publication."),
    )
    embargo_until = models.DateTimeField(
        _("embargo until"), null=True, blank=True, help_text=_("It cannot be published before.")
    )
    closed_to_letters = models.BooleanField(
        _("takes no letters"),
        default=False,
        help_text=_("Nobody can write a letter to the editor about it. What is published stays."),
    )

    objects: ClassVar[Any] = ArticleManager()

    base_form_class = ArticleForm
    copy_form_class = ArticleCopyForm
    template = "editorial/article/article.html"
    parent_page_types = ["editorial.Section"]
    subpage_types: ClassVar[list[str]] = []

    content_panels = [
        FieldPanel("section"),
        FieldPanel("kicker"),
        TitleFieldPanel(
            "title",
            heading=_("Headline"),
            placeholder=_("Headline"),
            help_text=_("As it stands on the page and in every list."),
            # Shows a long one whole; it stays one line, by the form and by the script for the return key.
            widget=AdminAutoHeightTextInput,
        ),
        FieldPanel("standfirst"),
        InlinePanel("bylines", label=_("Byline"), heading=_("Bylines")),
        FieldRowPanel([FieldPanel("kind"), FieldPanel("dateline")]),
        MultiFieldPanel([FieldPanel("picture"), FieldPanel("picture_caption")], _("Lead picture")),
        FieldPanel("body"),
        FieldPanel("topics"),
        MultiFieldPanel([FieldPanel("work"), FieldPanel("methods")], _("How we know")),
        InlinePanel("corrections", label=_("Correction"), heading=_("Corrections")),
    ]
    promote_panels = Page.promote_panels
    settings_panels = [
        MultiFieldPanel([FieldPanel("access"), FieldPanel("embargo_until")], _("Access and embargo")),
        MultiFieldPanel([FieldPanel("closed_to_letters")], _("Letters to the editor")),
        *Page.settings_panels,
    ]
    # At once, not by Wagtail's task, which would be one for each article of an import: see finding.py.
    search_auto_update = False
    # For the desk. What readers search is another index, which a room above keeps.
    search_fields = [
        *Page.search_fields,
        index.SearchField("kicker"),
        index.SearchField("standfirst", boost=2),
        index.FilterField("kind"),
        index.FilterField("locale_id"),
        index.FilterField("translation_key"),
    ]

    class Meta:
        verbose_name = _("article")
        verbose_name_plural = _("articles")

    if TYPE_CHECKING:
        bylines: "RelatedManager[Byline]"
        corrections: "RelatedManager[Correction]"

    @property
    def headline(self) -> str:
        return self.title

    @property
    def uuid(self) -> UUID:
        return self.translation_key

    @cached_property
    def section(self) -> "Section":
        from broadsheet.editorial.models.outline import section_above

        return section_above(self)

    @cached_property
    def publication(self) -> Publication:
        found: Publication = Publication.load()
        return found

    @cached_property
    def edition(self) -> "Edition":
        return self.section.edition

    @property
    def has_page(self) -> bool:
        """Whether it is live, and stands below nothing that is private."""
        from broadsheet.editorial.models.outline import outline

        return self.live and outline().is_public(self.path)

    @property
    def authors(self) -> "list[Author]":
        return [byline.author for byline in self.bylines.all()]

    @property
    def byline(self) -> str:
        return ", ".join(author.name for author in self.authors)

    @property
    def caption(self) -> str:
        return self.picture_caption or (self.picture.caption if self.picture else "")

    @property
    def was_updated_later(self) -> bool:
        """Whether it was published again more than a day after the first time."""
        first, last = self.first_published_at, self.last_published_at
        return bool(first and last and last - first > timedelta(days=1))

    @cached_property
    def home_section(self) -> "Section":
        """The section of the original, also for a copy in another edition."""
        from broadsheet.editorial.models.outline import section_above

        return section_above(self.alias_of) if self.alias_of_id else self.section

    @cached_property
    def parts(self) -> Parts:
        """The body, divided into the opening, which everyone sees, and the rest."""
        from broadsheet.editorial.live.dividing import divide_coverage

        words = self.publication.opening_words
        return divide_coverage(self.body, self.coverage, words) if self.coverage else divide(self.body, words)

    @cached_property
    def coverage(self) -> "Coverage | None":
        """What is told live in it; in a copy in another edition that of the original."""
        from broadsheet.editorial.models.coverage import Coverage

        if self.kind != Kind.LIVE or not self.pk:
            return None
        return Coverage.objects.filter(article=self.alias_of_id or self.pk).first()

    @cached_property
    def told(self) -> list[Bound]:
        """The body, and of a live coverage the entries."""
        entries = reversed(self.coverage.shown) if self.coverage else ()
        return [*super().told, *(block for entry in entries for block in entry.blocks)]

    @property
    def minutes_to_read(self) -> int:
        return max(1, round(self.parts.words / WORDS_A_MINUTE))

    @property
    def public_text(self) -> str:
        return " ".join(plain_text(block.value) for block in self.parts.opening)

    def faults(self) -> list[str]:
        faults = super().faults()
        if self.kind != Kind.LIVE and self.pk and self._has_entries():
            faults.append(str(_("It has live entries, so it stays a live coverage.")))
        return faults

    def _has_entries(self) -> bool:
        from broadsheet.editorial.models.entry import Entry

        return bool(Entry.objects.posted().filter(coverage__article=self.pk).exists())

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context(request, *args, **kwargs)
        return context | {
            "article": self,
            "rendition": "full",
            "is_open": True,
            "opening": self.parts.opening,
            "rest": self.parts.rest,
        }


def signed() -> models.Prefetch[Any]:
    """Who wrote them, with their pictures, in one query."""
    return models.Prefetch("bylines", Byline.objects.select_related("author__picture"))


class Byline(Orderable):
    article = ParentalKey(Article, on_delete=models.CASCADE, related_name="bylines")
    author = models.ForeignKey(
        "editorial.Author",
        on_delete=models.PROTECT,
        verbose_name=_("author"),
        related_name="bylines",
    )

    class Meta(Orderable.Meta):
        constraints = [models.UniqueConstraint(fields=["article", "author"], name="author_once_in_byline")]
