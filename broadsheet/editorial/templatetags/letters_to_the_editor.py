from dataclasses import dataclass

from django import template
from django.db.models import BigAutoField, QuerySet
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.text import Truncator

from broadsheet.editorial.letters.wording import Change, Run, differences
from broadsheet.editorial.models import Article, Edition, LetterToEditor
from broadsheet.platform.compiled import Compiled, Parameter

register = template.Library()

UNDER_AN_ARTICLE = 3
"""So many letters; all of them stand on a page of their own."""
WORDS_OF_EACH = 110


@dataclass(frozen=True, slots=True)
class Excerpt:
    """A letter as it stands under its article: its beginning, where it is long."""

    letter: LetterToEditor
    text: str
    is_whole: bool


@dataclass(frozen=True, slots=True)
class Under:
    shown: list[Excerpt]
    has_more: bool
    takes_letters: bool


@register.simple_tag
def letters_under(article: Article, edition: Edition | None) -> Under:
    """What stands under `article`: the newest letters about it, in one query."""
    found = _newest_about(article=article.pk) if article.has_page else []
    return Under(
        [_excerpt(letter) for letter in found[:UNDER_AN_ARTICLE]],
        len(found) > UNDER_AN_ARTICLE,
        bool(edition and edition.takes_letters) and not article.closed_to_letters,
    )


@Compiled
def _newest_about() -> QuerySet[LetterToEditor]:
    about = LetterToEditor.objects.printed().filter(article=Parameter("article", BigAutoField()))
    return about[: UNDER_AN_ARTICLE + 1]


def _excerpt(letter: LetterToEditor) -> Excerpt:
    words = len(letter.agreed.split())
    if words <= WORDS_OF_EACH + 20:
        return Excerpt(letter, letter.agreed, True)
    return Excerpt(letter, Truncator(letter.agreed).words(WORDS_OF_EACH), False)


@register.simple_tag
def changes(before: str, after: str) -> SafeString:
    """`after`, with what is gone of `before` struck through. No template writes it: each space counts."""
    inside, above = SafeString(), Change.NONE
    for run in differences(before, after):
        inside += _marked(run, is_instead=above is Change.GONE)
        above = run.change
    return format_html('<div class="letter-changes" dir="auto">{}</div>', inside)


def _marked(run: Run, *, is_instead: bool) -> SafeString:
    """What is in the place of something has a class, which sets it off with no space in the text."""
    new = '<ins class="instead">{}</ins>' if is_instead else "<ins>{}</ins>"
    return format_html({Change.GONE: "<del>{}</del>", Change.NEW: new}.get(run.change, "{}"), run.text)
