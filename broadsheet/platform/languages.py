"""Languages by their tags: their names, and which one the interface of an edition speaks."""

from babel import Locale
from django.conf import settings
from django.utils.translation import get_language, trans_real


def language_name(tag: str) -> str:
    """“English (United States)”, in the words of the language that is spoken now."""
    named = Locale.parse(tag, sep="-").get_display_name(words())
    return str(named or tag)


def words() -> Locale:
    """Babel’s of the language that is spoken now."""
    return Locale.parse(get_language() or settings.LANGUAGE_CODE, sep="-")


def interface_language(tag: str) -> str:
    """The nearest to `tag` that has a catalogue: ``de`` for ``de-at``, ``en`` for ``nl``."""
    language = tag.partition("-")[0]
    return next((known for known in (tag, language) if known in settings.INTERFACE_LANGUAGES), "en")


def speak_english_without_a_catalogue() -> None:
    """Django would speak the first edition's language there: German words on Dutch pages.

    Its own words, the forms' errors among them, stay Dutch.
    """
    if interface_language(settings.LANGUAGE_CODE) == "en":
        return
    for tag in settings.EDITIONS:
        if interface_language(tag) == "en":
            trans_real.translation(tag)._fallback = None  # type: ignore[attr-defined]
