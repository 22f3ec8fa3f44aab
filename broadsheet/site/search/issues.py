"""Weekly issues that were asked for: by number, by a day or month, or by what stood on their covers."""

import re
from collections.abc import Iterable
from datetime import date, timedelta
from functools import lru_cache

from babel import Locale
from babel.dates import get_month_names
from django.utils.translation import get_language, pgettext, to_locale

from broadsheet.editorial.models import Edition
from broadsheet.platform import clock
from broadsheet.platform.days import day_of
from broadsheet.platform.kept import Kept
from broadsheet.site.search.asking import Asked, is_slight
from broadsheet.site.search.named import Named
from broadsheet.site.search.stemming import fold
from broadsheet.site.search.text import Stemmed, tokens
from broadsheet.weekly.models import WeeklyIssue
from broadsheet.weekly.newest import TAG

MOST = 5
"""A month has so many."""
MOST_BY_COVER = 2
DIGITS = 5
LATE = timedelta(days=7)
"""So long after its last day an issue is still called by the day on which it was read."""
IN_FIGURES = (
    re.compile(r"(?P<y>\d{4})-(?P<m>\d{1,2})-(?P<d>\d{1,2})"),
    re.compile(r"(?P<d>\d{1,2})\.\s?(?P<m>\d{1,2})\.\s?(?P<y>\d{4})"),
)
YEAR = re.compile(r"(?:19|20)\d\d")


def _read() -> dict[str, list[WeeklyIssue]]:
    found: dict[str, list[WeeklyIssue]] = {}
    rows = WeeklyIssue.objects.published().newest_first()
    for issue in rows.only("edition", "number", "first_day", "last_day", "cover_lines"):
        found.setdefault(issue.edition, []).append(issue)
    return found


_published = Kept(_read, TAG)


def issues_meant(asked: Asked, edition: Edition) -> list[Named]:
    """At most `MOST`, the newest first."""
    issues = _published().get(edition.locale.language_code, [])
    if not issues or not asked.needed:
        return []
    words = [fold(token.word) for token in tokens(asked.text)]
    found = (
        _by_number(issues, words)
        or _by_day(issues, asked, words, day_of(clock.now(), edition.zone))
        or _by_cover(issues, asked)
    )
    return [Named(issue.title, issue.path, next(iter(issue.lines), ""), "issue") for issue in found[:MOST]]


def _by_number(issues: Iterable[WeeklyIssue], words: list[str]) -> list[WeeklyIssue]:
    """What was asked for is a number alone, or has one after a word for an issue."""
    before = _folded(pgettext("readers type before an issue’s number", "issue, no, number"))
    alone = words if len(words) == 1 else []
    after = [word for word, one in zip(words[1:], words, strict=False) if one in before]
    numbers = {int(word) for word in (*alone, *after) if word.isdecimal() and len(word) <= DIGITS}
    return [issue for issue in issues if issue.number in numbers]


def _by_day(issues: list[WeeklyIssue], asked: Asked, words: list[str], today: date) -> list[WeeklyIssue]:
    day, month = _day_in(asked.text, words, asked.language, today)
    if day:
        within = [issue for issue in issues if issue.first_day <= day <= issue.last_day]
        return within or [issue for issue in issues if issue.last_day < day <= issue.last_day + LATE][:1]
    if month:
        first, next_one = month, (month + timedelta(days=31)).replace(day=1)
        return [issue for issue in issues if issue.first_day < next_one and issue.last_day >= first]
    return []


def _day_in(text: str, words: list[str], language: str, today: date) -> tuple[date | None, date | None]:
    """The day that is named, else the first of the month that is; without a year the last that was.

    A month alone is many an article’s: it counts with a year or a word for an issue.
    """
    if found := next(filter(None, (form.search(text) for form in IN_FIGURES)), None):
        return _date(*(int(found[part]) for part in "ymd")), None
    months = _months()
    told = [word for word in words if word in months or not is_slight(word, language)]
    at = next((at for at, word in enumerate(told) if word in months), None)
    if at is None:
        return None, None
    number = months[told[at]]
    years = [int(word) for word in told if YEAR.fullmatch(word)]
    year = years[0] if years else today.year - (number > today.month)
    beside = (*told[max(0, at - 1) : at], *told[at + 1 : at + 2])
    if day := next(filter(None, map(_day_number, beside)), None):
        named = _date(year, number, day)
        is_to_come = named and named > today and not years
        return _date(year - 1, number, day) if is_to_come else named, None
    of_issues = _folded(pgettext("readers type for a weekly issue", "issue, issues, week, magazine, cover"))
    return None, date(year, number, 1) if years or not of_issues.isdisjoint(words) else None


def _day_number(word: str) -> int | None:
    """16 of “16”, “16th” and “1er”."""
    found = re.fullmatch(r"(\d{1,2})(?:st|nd|rd|th|er|o|a)?", word)
    return int(found[1]) if found else None


def _date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _months() -> dict[str, int]:
    return _months_of(get_language() or "en")


@lru_cache
def _months_of(tag: str) -> dict[str, int]:
    """Their names and how those are cut short → 1 to 12."""
    locale = Locale.parse(to_locale(tag))
    forms = (
        get_month_names("wide", "format", locale),
        get_month_names("wide", "stand-alone", locale),
        get_month_names("abbreviated", "format", locale),
        get_month_names("abbreviated", "stand-alone", locale),
    )
    return {fold(name.rstrip(".")): number for names in forms for number, name in names.items()}


def _by_cover(issues: Iterable[WeeklyIssue], asked: Asked) -> list[WeeklyIssue]:
    """Those on whose covers one line has all that was asked for."""
    found = (issue for issue in issues if any(_has(line, asked) for line in issue.lines))
    return [issue for issue, _place in zip(found, range(MOST_BY_COVER), strict=False)]


def _has(line: str, asked: Asked) -> bool:
    there = _stems(asked.language, line)
    return all(any(there.issuperset(phrase) for phrase in part.any_of) for part in asked.needed)


@lru_cache(10_000)
def _stems(language: str, line: str) -> frozenset[str]:
    return frozenset(Stemmed.of(language, line).in_order())


def _folded(listed: str) -> frozenset[str]:
    return frozenset(fold(word.strip()) for word in listed.split(","))
