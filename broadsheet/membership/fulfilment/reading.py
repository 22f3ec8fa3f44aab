"""Reads the table in a file of a fulfilment house, in whatever shape it comes. It knows no database."""

import codecs
import csv
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import lru_cache
from io import StringIO

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from broadsheet.delivery.addresses import NotAnAddress, canonical, tidied

MOST_BYTES = 64 * 1024 * 1024
MOST_LINES = 2_000_000
LONGEST = {"number": 40, "postcode": 20, "name": 150}
DELIMITERS = ";,\t|"
NEEDED = ("number", "postcode")
LABELS = {
    "number": gettext_lazy("number"),
    "postcode": gettext_lazy("postcode"),
    "email": gettext_lazy("e-mail address"),
    "name": gettext_lazy("name"),
    "until": gettext_lazy("paid until"),
}
# As houses head their columns, in capital or small letters; what isn't a letter or a digit is left out.
# fmt: off
USUAL_NAMES = {
    "number": {
        "number", "no", "nr", "id", "subscriberno", "subscribernumber", "subscriptionno",
        "subscriptionnumber", "customerno", "customernumber", "customerid", "accountno", "accountnumber",
        "urn", "abonr", "abonummer", "aboid", "kundennr", "kundennummer", "numéro", "numero",
        "numéroabonné", "numabonne", "nabonné", "clientno", "reference", "ref",
    },
    "postcode": {"postcode", "postalcode", "zip", "zipcode", "plz", "postleitzahl", "codepostal", "cp"},
    "email": {"email", "emailaddress", "mail", "mailadresse", "emailadresse", "courriel", "adressemail"},
    "name": {"name", "fullname", "recipient", "addressee", "surname", "lastname", "nachname", "nom"},
    "until": {
        "until", "paiduntil", "validuntil", "enddate", "end", "expires", "expirydate", "expiry",
        "laufzeitende", "bezahltbis", "gültigbis", "fin", "datefin", "échéance",
    },
}
# fmt: on
DAYS = ("%Y-%m-%d", "%d.%m.%Y", "%d/%m/%Y", "%Y%m%d", "%d-%m-%Y", "%d.%m.%y")
MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


class Unreadable(ValueError):
    """Why nothing of the file can be used, in a sentence."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A line that can be used: everything tidied, the address canonical."""

    line: int
    number: str
    postcode: str
    email: str = ""
    name: str = ""
    until: date | None = None


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with a line. `number` is what it seems to be about: that one isn't taken for gone."""

    line: int
    words: str
    number: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """The lines of a file by the number that they have in it, from its headings on."""

    columns: dict[str, int]
    width: int
    rows: list[tuple[int, list[str]]] = field(default_factory=list)

    def entries(self) -> Iterator[Entry | Fault]:
        """Each line that isn't empty, as what can be used of it or as what is wrong with it."""
        seen: dict[str, tuple[int, Entry]] = {}
        for number, cells in self.rows:
            made = self._entry(number, cells)
            if isinstance(made, Fault):
                yield made
                continue
            key = _bare(made.number)
            if before := seen.get(key):
                first, entry = before
                same = (entry.postcode, entry.email, entry.name, entry.until) == (
                    made.postcode,
                    made.email,
                    made.name,
                    made.until,
                )
                words = _("This repeats line %d.") if same else _("Line %d has this number with other words.")
                yield Fault(number, words % first, made.number)
                continue
            seen[key] = (number, made)
            yield made

    def _entry(self, line: int, cells: list[str]) -> Entry | Fault:
        said = {name: self._cell(cells, column) for name, column in self.columns.items()}
        number = said.get("number", "")
        if len(cells) != self.width:
            words = _("It has %(found)d fields, and the headings are %(wanted)d.")
            return Fault(line, words % {"found": len(cells), "wanted": self.width}, number)
        for name, longest in LONGEST.items():
            if len(said.get(name, "")) > longest:
                return Fault(line, _("The %(what)s is too long.") % {"what": LABELS[name]}, number[:40])
        for name in NEEDED:
            if not _bare(said[name]):
                return Fault(line, _("The %(what)s is missing.") % {"what": LABELS[name]}, number)
        if "\ufffd" in "".join(said.values()):
            return Fault(line, _("Some letters of it were lost before the file came to us."), number)
        email = said.get("email", "")
        try:
            email = canonical(tidied(email)) if email else ""
        except NotAnAddress:
            return Fault(line, _("“%s” is no e-mail address.") % email[:80], number)
        until, written = None, said.get("until", "")
        if written and (until := _day_in(written)) is None:
            return Fault(line, _("“%s” is no day.") % written[:40], number)
        return Entry(line, number, said["postcode"], email, said.get("name", ""), until)

    @staticmethod
    def _cell(cells: list[str], column: int) -> str:
        text = " ".join(cells[column].split()) if column < len(cells) else ""
        # Spreadsheets write what would be a formula with an apostrophe before it.
        return text.removeprefix("'") if text[1:2] in {"=", "+", "-", "@"} else text


def read(contents: bytes, columns: dict[str, str], *, encoding: str = "", delimiter: str = "") -> Table:
    """The table in a file. `columns` names what to take and the heading of each; empty: found by usual names.

    Raises Unreadable.
    """
    if len(contents) > MOST_BYTES:
        raise Unreadable(_("The file is larger than %d MB.") % (MOST_BYTES // 1024 // 1024))
    text = decoded(contents, encoding)
    if not text.strip():
        raise Unreadable(_("The file is empty."))
    (_line, headings), *rows = rows_of(text, delimiter or delimiter_of(text))
    table = Table(_found(headings, columns), len(headings), rows)
    if not table.rows:
        raise Unreadable(_("The file has headings and no lines."))
    if len(table.rows) > MOST_LINES:
        raise Unreadable(_("The file has more than %d lines.") % MOST_LINES)
    _refuse_cut(text, table)
    return table


def decoded(contents: bytes, encoding: str = "") -> str:
    """The text in a file; raises Unreadable. Without an `encoding`, in the one that the file shows."""
    marked = next((name for mark, name in MARKS if contents.startswith(mark)), "")
    tried = [marked] if marked else [encoding] if encoding else ["utf-8", "cp1252"]
    for name in tried:
        try:
            text = contents.decode(name)
        except UnicodeDecodeError as error:
            where = contents.count(b"\n", 0, error.start) + 1
            continue
        if "\0" in text:
            raise Unreadable(_("This is no text file. Ask for a CSV file, or save the table as one."))
        return text
    said = {"encoding": tried[-1], "line": where}
    raise Unreadable(_("Line %(line)d isn’t in %(encoding)s. Choose the encoding of the house.") % said)


def delimiter_of(text: str) -> str:
    heading = text.lstrip().partition("\n")[0]
    return max(DELIMITERS, key=heading.count)


def rows_of(text: str, delimiter: str) -> list[tuple[int, list[str]]]:
    """The lines that aren't empty, each with its number in the file; raises Unreadable."""
    reader = csv.reader(StringIO(text, newline=""), delimiter=delimiter, strict=True)
    rows, begins = [], 1
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                rows.append((begins, cells))
            begins = reader.line_num + 1
    except csv.Error as error:
        raise Unreadable(
            _("From line %d on it can’t be read: the file breaks off, or a quotation mark is missing.")
            % begins
        ) from error
    return rows


def _found(headings: list[str], columns: dict[str, str]) -> dict[str, int]:
    """The place of each column by what it holds; raises Unreadable where one that is needed is missing."""
    bare = [_bare(heading).lower() for heading in headings]
    found = {}
    for name, heading in columns.items():
        wanted = {_bare(heading).lower()} if heading else USUAL_NAMES[name]
        places = [place for place, there in enumerate(bare) if there in wanted]
        if places:
            found[name] = places[0]
        elif heading or name in NEEDED:
            raise Unreadable(_missing(name, heading, headings))
    return found


def _missing(name: str, heading: str, headings: list[str]) -> str:
    there = ", ".join(f"“{each.strip()[:30]}”" for each in headings[:12])
    if heading:
        words = _("There is no column “%(heading)s”. The file has %(there)s.")
        return words % {"heading": heading, "there": there}
    words = _("No column is known to hold the %(what)s. Name it at the house. The file has %(there)s.")
    return words % {"what": LABELS[name], "there": there}


def _refuse_cut(text: str, table: Table) -> None:
    """A file that broke off on its way ends within a line; those who stood behind it aren't gone."""
    line, cells = table.rows[-1]
    if len(cells) < table.width and not text.endswith(("\n", "\r")):
        raise Unreadable(_("The file breaks off in line %d. Ask for all of it.") % line)


def _bare(text: str) -> str:
    return "".join(filter(str.isalnum, text)).upper()


@lru_cache(maxsize=10_000)
def _day_in(written: str) -> date | None:
    day = re.split(r"[T ]", written)[0]
    for form in DAYS:
        try:
            return datetime.strptime(day, form).date()  # noqa: DTZ007 (a day, without a time)
        except ValueError:
            continue
    return None
