"""In which language the interface of an edition is, where it has no catalogue in its own."""

from django.conf import settings
from django.utils.translation import trans_real


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
            trans_real.translation(tag)._fallback = None
