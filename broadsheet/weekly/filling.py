"""A draft filled by rule from what was published in its days in its edition."""

from datetime import timedelta

from django.utils.translation import gettext as _

from broadsheet.editorial.models import Article, Edition, LetterToEditor, Section
from broadsheet.editorial.models.fronts import Tone
from broadsheet.platform.days import start_of
from broadsheet.weekly.assembly import Candidate, assemble
from broadsheet.weekly.models import Department, Holding, State, WeeklyIssue
from broadsheet.weekly.models.arranging import end_of

MOST_LETTERS = 6


def begin(edition: str) -> WeeklyIssue:
    """The next issue of `edition` as a draft, filled. Raises IntegrityError where somebody was quicker."""
    proposal = WeeklyIssue.objects.proposed(edition)
    issue = WeeklyIssue.objects.create(edition=edition, **proposal._asdict())
    fill(issue)
    return issue


def fill(issue: WeeklyIssue, *, version: int | None = None) -> int:
    """How many articles came in. Raises ChangedMeanwhile, WrongState.

    Again it adds only what is new: what an editor has placed stays where it is, what they took out stays out.
    """
    with issue.edited(version):
        elsewhere = WeeklyIssue.objects.of(issue.edition).exclude(pk=issue.pk).exclude(state=State.WITHDRAWN)
        known = {
            *issue.items.values_list("article_uuid", flat=True),
            *issue.left_out.values_list("article_uuid", flat=True),
            *elsewhere.values_list("items__article_uuid", flat=True),
        }
        chosen = assemble(candidates(issue), known)
        articles = Article.objects.in_bulk([one.article for one in chosen])
        sections = Section.objects.in_bulk({one.section for one in chosen})
        departments = {one.section_id: one for one in issue.departments.all() if one.section_id}
        for one in chosen:
            if one.section not in departments:
                departments[one.section] = _department(issue, sections[one.section])
            issue.append(articles[one.article], departments[one.section], one.length)
        _add_letters(issue)
    return len(chosen)


def candidates(issue: WeeklyIssue) -> list[Candidate]:
    """What was first published in the issue's edition in its days, by the edition's clock."""
    edition = Edition.objects.live().filter(locale__language_code=issue.edition).first()
    if edition is None:
        return []
    begins = start_of(issue.first_day, edition.zone)
    ends = start_of(issue.last_day + timedelta(days=1), edition.zone)
    found = (
        Article.objects.live()
        .public()
        .below(edition)
        .filter(first_published_at__gte=begins, first_published_at__lt=ends)
        .values_list("pk", "translation_key", "first_published_at", "path", "kind")
    )
    sections = {section.path: section for section in Section.objects.child_of(edition).order_by("path")}
    order = {path: place for place, path in enumerate(sections)}
    placed = edition.placements.order_by("sort_order").values_list("article_id", flat=True)
    ranks = {article: rank for rank, article in reversed(list(enumerate(placed)))}
    return [
        Candidate(
            article=pk,
            uuid=uuid,
            published_at=published_at,
            section=sections[above].pk,
            order=order[above],
            kind=kind,
            rank=ranks.get(pk),
            is_bright=sections[above].tone == Tone.BRIGHT,
        )
        for pk, uuid, published_at, path, kind in found
        if (above := path[: -Article.steplen]) in sections
    ]


def _department(issue: WeeklyIssue, section: Section) -> Department:
    """A new one at the end; but those of good news, and letters before them, stay last."""
    department = issue.departments.create(
        name=section.title[:60], section=section, position=end_of(issue.departments.all())
    )
    _keep_good_news_last(issue, department, is_bright=section.tone == Tone.BRIGHT)
    return department


def _keep_good_news_last(issue: WeeklyIssue, new: Department, *, is_bright: bool) -> None:
    others = list(issue.departments.exclude(pk=new.pk).select_related("section"))
    place = len(others)
    while not is_bright and place and _comes_last(others[place - 1], new):
        place -= 1
    others.insert(place, new)
    above = end_of(issue.departments.all())
    for position, department in enumerate(others):
        issue.departments.filter(pk=department.pk).update(position=above + position)
    for position, department in enumerate(others):
        issue.departments.filter(pk=department.pk).update(position=position)


def _comes_last(one: Department, new: Department) -> bool:
    is_bright = one.section is not None and one.section.tone == Tone.BRIGHT
    return is_bright or (one.holds == Holding.LETTERS and new.has_articles)


def _add_letters(issue: WeeklyIssue) -> None:
    """Letters that were published in its days, where no editor has chosen any yet."""
    if issue.letters.exists() or issue.departments.filter(holds=Holding.LETTERS).exists():
        return
    zone = issue.zone
    shown = LetterToEditor.objects.shown().filter(
        edition=issue.edition,
        published_at__gte=start_of(issue.first_day, zone),
        published_at__lt=start_of(issue.last_day + timedelta(days=1), zone),
    )[:MOST_LETTERS]
    if not shown:
        return
    department = issue.departments.create(
        name=_("Letters"), holds=Holding.LETTERS, position=end_of(issue.departments.all())
    )
    _keep_good_news_last(issue, department, is_bright=False)
    for position, letter in enumerate(shown):
        issue.letters.create(letter=letter, position=position)
