"""“Did you mean”: a word that is one slip away from one that is written here."""

from collections import Counter
from collections.abc import Iterable, Iterator
from math import log2

from django.db import connection, transaction

from broadsheet.editorial.models.outline import edition_above
from broadsheet.site.search.asking import Asked, is_slight
from broadsheet.site.search.models import SearchEntry, SearchWord
from broadsheet.site.search.slips import near, steps
from broadsheet.site.search.stemming import LONGEST_WORD, fold, stems_of
from broadsheet.site.search.text import tokens

SHORTEST, LONGEST = 4, 40
MOST_WORDS = 4
"""Of one question that are looked up."""
BETTER = 10
"""Times as many articles must have a word to be meant in place of one that is written here too."""
A_STEP = 6
"""What is a step less likely must be in two to the sixth times as many articles to be meant all the same."""
TABLE = SearchWord._meta.db_table


def count_words(most: int) -> int:
    """Counts the words of at most so many entries that are new, and returns how many those were."""
    found = SearchEntry.objects.filter(has_counted_words=False).order_by("-place").select_related("article")
    with transaction.atomic():
        entries = list(found.defer("article__body", "rest")[:most])
        counted: Counter[tuple[str, str]] = Counter()
        spellings: dict[tuple[str, str], str] = {}
        for entry in entries:
            language = edition_above(entry.article).language_tag.partition("-")[0].lower()
            for word, written in _words(entry):
                counted[language, word] += 1
                spellings.setdefault((language, word), written)
        with connection.cursor() as cursor:
            # In one order, so that two who count at once wait for one another and not each for the other.
            cursor.executemany(
                f"INSERT INTO {TABLE} (language, word, spelling, articles)"  # noqa: S608
                " VALUES (%s, %s, %s, %s) ON CONFLICT (language, word)"
                f" DO UPDATE SET articles = {TABLE}.articles + excluded.articles",
                [(*key, spellings[key], counted[key]) for key in sorted(counted)],
            )
        SearchEntry.objects.filter(pk__in=[entry.pk for entry in entries]).update(has_counted_words=True)
    return len(entries)


def forget() -> None:
    SearchWord.objects.all()._raw_delete(SearchWord.objects.db)


def _words(entry: SearchEntry) -> Iterator[tuple[str, str]]:
    """Each word of its head and opening once, folded and as it is written: in small letters where it is."""
    article = entry.article
    found: dict[str, str] = {}
    for text in (entry.opening, article.standfirst, article.kicker, entry.names, article.headline):
        for token in tokens(text):
            word = token.word.replace("’", "'").removesuffix("'s")
            if SHORTEST <= len(word) <= LONGEST_WORD and word.isalpha():
                key = fold(word)[:LONGEST_WORD]
                if key not in found or (word.islower() and not found[key].islower()):
                    found[key] = word
    yield from found.items()


def guess(asked: Asked, language: str) -> Asked | None:
    """The same question, spelt as words are that are written here; None where nothing comes near it.

    A word that is written here is taken for what was meant, unless all of them are.
    """
    typed: dict[str, str] = {}
    for token in tokens(asked.text):
        if SHORTEST <= len(token.word) <= LONGEST and token.word.isalpha():
            typed.setdefault(fold(token.word), token.word)
    looked_up = list(typed)[:MOST_WORDS]
    beside = {word: near(word) for word in looked_up}
    wanted = {*looked_up}.union(*beside.values())
    known = {row.word: row for row in SearchWord.objects.filter(language=language, word__in=wanted)}
    written = {word: _written(word, beside[word], known, asked.language) for word in looked_up}
    doubted = [word for word in looked_up if not written[word]] or looked_up
    changed = {}
    for word in doubted:
        best = _best(word, beside[word], known, asked.language)
        if best and best.articles >= max(1, BETTER * written[word]):
            changed[typed[word]] = best.spelling
    return asked.with_words(changed) if changed else None


def _written(word: str, beside: Iterable[str], known: dict[str, SearchWord], language: str) -> int:
    """In how many articles, at most, it stands in one of the forms that search takes for one."""
    stem = stems_of(word, language).main
    forms = [known[one] for one in (word, *beside) if one in known and stems_of(one, language).main == stem]
    return max((form.articles for form in forms), default=0)


def _best(word: str, beside: Iterable[str], known: dict[str, SearchWord], language: str) -> SearchWord | None:
    """The likeliest of those that are another word and not another form of the same."""
    stem = stems_of(word, language).main
    other = [one for one in beside if one in known and not is_slight(one, language)]
    likely: list[tuple[float, str]] = []
    for one in other:
        far = steps(word, one, language)
        if far is not None and stems_of(one, language).main != stem:
            likely.append((A_STEP * far - log2(max(1, known[one].articles)), one))
    return known[min(likely)[1]] if likely else None
