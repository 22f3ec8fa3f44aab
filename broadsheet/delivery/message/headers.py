"""Header fields as bytes: short lines in ASCII, whatever they say."""

import re
from base64 import b64encode
from collections.abc import Iterable, Iterator
from email.headerregistry import Address
from urllib.parse import quote

import idna

LINE = 76
LONGEST = 998
"""Bytes of a line that any server takes (RFC 5322, 2.1.1)."""
WORD = 45
"""Bytes of text in one encoded word, which has 75 characters at most (RFC 2047)."""

CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+")
ATOMS = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?: [A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*")


class Unjoinable(ValueError):
    """Of these values no message can be made."""


def cleaned(text: str) -> str:
    """Without anything that could end a line."""
    return CONTROLS.sub(" ", text)


def unstructured(name: str, text: str) -> bytes:
    """A field that is text, such as Subject."""
    words = cleaned(text).split()
    if _is_plain(words):
        return field(name, words)
    return field(name, encoded_words(" ".join(words), WORD - len(name)))


def addresses(name: str, people: Iterable[Address]) -> bytes:
    """A field of addresses, such as From; raises Unjoinable."""
    words: list[str] = []
    for one in people:
        if words:
            words[-1] += ","
        words += [*phrase(one.display_name), f"<{with_ascii_domain(one)}>"]
    return field(name, words)


def identified(name: str, text: str, identity: str) -> bytes:
    """A field such as List-Id: some words, and what they name in angle brackets; raises Unjoinable."""
    return field(name, [*phrase(text), f"<{identity}>"])


def locations(name: str, text: str) -> bytes:
    """A field of URLs in angle brackets, such as List-Unsubscribe; raises Unjoinable."""
    return field(name, [url_part(word, "<>,") for word in text.split()])


def url_part(text: str, also: str = "") -> str:
    """`text` as it may stand in a URL between angle brackets, where it can end neither of them."""
    return quote(cleaned(text), "!#$%&'()*+/:;=?@[]~" + also, errors="replace")


def phrase(text: str) -> list[str]:
    """The words of a name, as they may stand before an address."""
    words = cleaned(text).split()
    name = " ".join(words)
    if _is_plain(words) and (not words or ATOMS.fullmatch(name)):
        return words
    if _is_plain(words) and len(name) < LINE // 2:
        return ['"' + name.replace("\\", "\\\\").replace('"', '\\"') + '"']
    return encoded_words(name, WORD // 2)


def with_ascii_domain(address: Address) -> str:
    """As DNS knows the domain; raises Unjoinable."""
    if not (address.username and address.domain):
        raise Unjoinable(f"{address} is not an address")
    try:
        domain = (
            address.domain if address.domain.isascii() else idna.encode(address.domain, uts46=True).decode()
        )
    except idna.IDNAError:
        raise Unjoinable(f"{address.domain} can’t be a domain") from None
    return Address(username=address.username, domain=domain).addr_spec


def field(name: str, words: Iterable[str]) -> bytes:
    """`name` and `words`, on as many lines as they take; raises Unjoinable where one has no room on any."""
    lines, line = [], f"{name}:"
    for word in words:
        if len(line) + 1 + len(word) > LINE and line != f"{name}:":
            lines.append(line)
            line = ""
        line += f" {word}"
    encoded = "\r\n".join([*lines, line]).encode(errors="replace") + b"\r\n"
    if any(len(line) > LONGEST for line in encoded.split(b"\r\n")):
        raise Unjoinable(f"{name} is too long")
    return encoded


def encoded_words(text: str, first: int = WORD) -> list[str]:
    """`text` as words of RFC 2047, none of which ends inside a character; `first` bytes in the first."""
    return [f"=?utf-8?b?{b64encode(part).decode()}?=" for part in _parts(text, max(first, 8))]


def _is_plain(words: list[str]) -> bool:
    return all(word.isascii() and len(word) < LINE and "=?" not in word for word in words)


def _parts(text: str, room: int) -> Iterator[bytes]:
    data = text.encode(errors="replace")
    while len(data) > room:
        cut = room
        while data[cut] & 0b1100_0000 == 0b1000_0000:  # in the middle of a character
            cut -= 1
        yield data[:cut]
        data, room = data[cut:], WORD
    yield data
