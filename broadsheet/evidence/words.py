"""Words as the check compares them, and the marks by which they are found again.

What is made alike: quotation marks and apostrophes, dashes and hyphens, spaces and line breaks, an ellipsis
and three dots, and how an accented letter is stored. Letters, their case, digits and all other marks count.
"""

import re
import unicodedata
from hashlib import blake2b

ALIKE = str.maketrans(
    {
        **dict.fromkeys("‘’‚‛′`´ʼ", "'"),
        **dict.fromkeys("“”„‟«»″‹›", '"'),
        **dict.fromkeys("‐‑‒–—―−", "-"),
        "…": "...",
        "\u00ad": None,  # a soft hyphen, seen by nobody
        **dict.fromkeys("\u200b\u200c\u200d\u2060\ufeff", None),
    }
)
AROUND = " \t\n\"'"
GRAM = 3
"""Words in a row that make one mark."""
WINDOW_OF_QUOTATION, WINDOW_OF_TEXT = 2, 6
"""Of so many marks in a row one is kept, so that any stretch of two words more than that is found."""


def normalised(text: str) -> str:
    """`text` in one form: see above. Dashes stand without spaces around them."""
    plain = unicodedata.normalize("NFC", text).translate(ALIKE)
    plain = re.sub(r"\s*-{2,3}\s*|\s+-\s+", " - ", plain)
    return re.sub(r"\s+", " ", plain).strip()


def core(text: str) -> str:
    """`text` normalised, without quotation marks around it and a full stop or comma at its end."""
    found = normalised(text)
    while True:
        shorter = found.strip(AROUND)
        if shorter.endswith((".", ",")) and not shorter.endswith(".."):
            shorter = shorter[:-1]
        if shorter == found:
            return found
        found = shorter


def words_of(text: str) -> list[str]:
    """The words of `text` in small letters, without marks."""
    return re.findall(r"\w+", normalised(text).replace("'", "").casefold())


def marks_of(words: list[str]) -> list[int]:
    """A signed 64-bit number for each three words in a row."""
    return [
        int.from_bytes(blake2b(" ".join(words[at : at + GRAM]).encode(), digest_size=8).digest(), signed=True)
        for at in range(len(words) - GRAM + 1)
    ]


def kept_marks(text: str, window: int) -> set[int]:
    """The least mark of each `window` in a row (winnowing): Schleimer, Wilkerson and Aiken, 2003."""
    marks = marks_of(words_of(text))
    if len(marks) <= window:
        return set(marks)
    return {min(marks[at : at + window]) for at in range(len(marks) - window + 1)}
