"""What may be put into an issue: those of its days first."""

from datetime import timedelta

from django.db.models import BooleanField, Case, Q, Value, When

from broadsheet.editorial.models import Article, LetterToEditor, attach_sections
from broadsheet.platform.days import start_of
from broadsheet.weekly.models import WeeklyIssue

SHOWN = 20


def _of_its_days(issue: WeeklyIssue, moment: str) -> Case:
    zone = issue.zone
    begin, end = start_of(issue.first_day, zone), start_of(issue.last_day + timedelta(days=1), zone)
    is_in = Q(**{f"{moment}__gte": begin, f"{moment}__lt": end})
    return Case(When(is_in, then=Value(value=True)), default=Value(value=False), output_field=BooleanField())


def found_articles(issue: WeeklyIssue, search: str) -> list[Article]:
    """Published ones of its edition that are not in it; each with `of_its_days`."""
    here = Article.objects.live().public().filter(locale__language_code=issue.edition)
    if search:
        here = here.filter(Q(title__icontains=search) | Q(standfirst__icontains=search))
    others = here.exclude(translation_key__in=issue.items.values("article_uuid"))
    ranked = others.annotate(of_its_days=_of_its_days(issue, "first_published_at"))
    return attach_sections(
        ranked.order_by("-of_its_days", "-first_published_at", "-pk").defer("body")[:SHOWN]
    )


def found_letters(issue: WeeklyIssue) -> list[LetterToEditor]:
    """Published ones of its edition that are not chosen."""
    shown = LetterToEditor.objects.shown().filter(edition=issue.edition)
    others = shown.exclude(pk__in=issue.letters.values("letter")).select_related("article")
    ranked = others.annotate(of_its_days=_of_its_days(issue, "published_at"))
    return list(ranked.order_by("-of_its_days", "-published_at", "-pk").defer("article__body")[:SHOWN])
