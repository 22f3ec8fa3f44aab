"""Finds registered contested terms that a text uses in the publication's own voice, outside quotations."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from broadsheet.evidence.models import ContestedTerm

QUOTED = re.compile(
    r"“[^”]*”|«[^»]*»|„[^“”]*[“”]|\"[^\"]*\"|(?<!\w)‘(?:[^’]|’(?=\w))*’(?!\w)",
    re.DOTALL,
)
AROUND = 60


@dataclass(frozen=True, slots=True)
class Use:
    """One place. `before`, `word` and `after` are the sentence's words there."""

    term: ContestedTerm
    before: str
    word: str
    after: str
    place: str = ""
    """The id of its block; empty for a text that stands in none."""


def uses_in(texts: Iterable[tuple[str, str]]) -> Iterator[Use]:
    """`texts` are plain, each with the id of the block that it is from. Each term is told once a text."""
    patterns = [(term, term.pattern()) for term in ContestedTerm.objects.all()]
    for place, text in texts:
        # As long as before, so that places stay what they are.
        own = QUOTED.sub(lambda quoted: " " * len(quoted[0]), text)
        for term, pattern in patterns:
            if found := pattern.search(own):
                begin, end = found.span()
                yield Use(
                    term,
                    ("… " if begin > AROUND else "") + text[max(0, begin - AROUND) : begin],
                    text[begin:end],
                    text[end : end + AROUND] + (" …" if len(text) > end + AROUND else ""),
                    place,
                )
