"""How an edition is called at the desk, for rooms below the one that keeps its name."""

from collections.abc import Callable, Mapping

from django.utils.functional import Promise

from broadsheet.platform.languages import language_name


def _unnamed() -> Mapping[str, str]:
    return {}


_read: Callable[[], Mapping[str, str]] = _unnamed


def editions_named_by(read: Callable[[], Mapping[str, str]]) -> None:
    """`read` gives the editions’ names by their tags."""
    global _read
    _read = read


class NameOfEdition(Promise):
    """That of an edition, looked up when it is shown: fields have their choices before there is a database.

    Django's own lazy text won't do, since its check of choices walks through it.
    """

    def __init__(self, tag: str) -> None:
        self.tag = tag

    def __str__(self) -> str:
        return edition_name(self.tag)


def edition_name(tag: str) -> str:
    """“US”; the name of its language while there is no such edition."""
    return _read().get(tag) or language_name(tag)
