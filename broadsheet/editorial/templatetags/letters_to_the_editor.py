from dataclasses import dataclass

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.text import Truncator

from broadsheet.editorial.letters.wording import Change, Run, differences
from broadsheet.editorial.models import Article, Edition, LetterToEditor

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
    found = list(LetterToEditor.objects.shown().filter(article=article.pk)[: UNDER_AN_ARTICLE + 1])
    return Under(
        [_excerpt(letter) for letter in found[:UNDER_AN_ARTICLE]],
        len(found) > UNDER_AN_ARTICLE,
        bool(edition and edition.takes_letters) and not article.closed_to_letters,
    )


def _excerpt(letter: LetterToEditor) -> Excerpt:
    words = len(letter.agreed.split())
    if words <= WORDS_OF_EACH + 20:
        return Excerpt(letter, letter.agreed, True)
    return Excerpt(letter, Truncator(letter.agreed).words(WORDS_OF_EACH), False)


@register.simple_tag
def changes(before: str, after: str) -> SafeString:
    """`after`, with what is gone of `before` struck through. No template writes it: each space counts."""
    inside = format_html_join("", "{}", ((_marked(run),) for run in differences(before, after)))
    return format_html('<div class="letter-changes" dir="auto">{}</div>', inside)


def _marked(run: Run) -> str:
    element = {Change.GONE: "<del>{}</del>", Change.NEW: "<ins>{}</ins>"}.get(run.change)
    return format_html(element, run.text) if element else run.text
