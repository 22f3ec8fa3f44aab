"""Finds articles: by the uuid that all their editions share, and by the address of their page."""

from copy import copy
from uuid import UUID

from django.db.models import BigAutoField, CharField, QuerySet, SlugField
from django.utils import translation

from broadsheet.editorial.models import Article, Byline, Correction, Edition, Topic
from broadsheet.editorial.models.article import TAG
from broadsheet.platform.compiled import Compiled, Parameter
from broadsheet.platform.kept import KeptByKey

# A wave of readers asks for the same few.
_kept = KeptByKey[UUID, dict[str, Article]](TAG, "outline", most=200)


def find_article(uuid: str) -> Article | None:
    """The live article with this uuid, in the present edition if it is there; None if it is nowhere."""
    try:
        key = UUID(uuid)
    except ValueError:
        return None
    forms = _kept.get(key, lambda: _live_forms(key)) or {}
    found = forms.get(translation.get_language() or "") or next(iter(forms.values()), None)
    return copy(found)


def _live_forms(key: UUID) -> dict[str, Article] | None:
    """By the language tag of their edition; None where there is none."""
    found = Article.objects.live().public().filter(translation_key=key)
    # Where an edition isn't published its articles have no pages, so they can't be opened either.
    in_print = found.filter(locale__in=Edition.objects.live().values("locale"))
    articles = in_print.select_related("locale", "picture", "alias_of", "narration").prefetch_related(
        "topics"
    )
    return {article.locale.language_code: article for article in articles} or None


def article_at(url_path: str) -> Article | None:
    """The one whose page stands there, live or not; `url_path` is as Wagtail keeps it."""
    slug = url_path.rstrip("/").rpartition("/")[2]
    # The slug has an index, the whole path has none.
    return next(iter(_at_path(slug=slug, url_path=url_path)), None)


def gather(article: Article) -> None:
    """Reads who wrote it, its topics and its corrections, as `prefetch_related` does.

    Head, byline and end of its page ask for these again and again; modelcluster remembers none of it.
    """
    gathered = {"bylines": _bylines, "topics": _topics, "corrections": _corrections}
    prefetched = article.__dict__.setdefault("_prefetched_objects_cache", {})
    for relation, query in gathered.items():
        found = getattr(article, relation).all()
        found._result_cache = query(article=article.pk)
        found._prefetch_done = True
        prefetched[relation] = found
    own: tuple[Byline | Correction, ...] = (*article.bylines.all(), *article.corrections.all())
    for row in own:
        row.article = article


# --- What each page of an article asks -----------------------------------------------------------------

_ARTICLE = Parameter("article", BigAutoField())


@Compiled
def _at_path() -> QuerySet[Article]:
    there = {"slug": Parameter("slug", SlugField()), "url_path": Parameter("url_path", CharField())}
    found: QuerySet[Article] = Article.objects.select_related("picture", "locale", "narration")
    return found.filter(**there).order_by()[:1]


@Compiled
def _bylines() -> QuerySet[Byline]:
    return Byline.objects.filter(article=_ARTICLE).select_related("author__picture")


@Compiled
def _topics() -> QuerySet[Topic]:
    return Topic.objects.filter(articles=_ARTICLE)


@Compiled
def _corrections() -> QuerySet[Correction]:
    return Correction.objects.filter(article=_ARTICLE)
