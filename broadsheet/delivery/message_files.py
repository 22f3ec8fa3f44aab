"""Any prepared message, sent to any list of addresses."""

import csv
import hashlib
from collections.abc import Iterator
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

from broadsheet.delivery.addresses import canonical
from broadsheet.delivery.message import Segments, Unjoinable
from broadsheet.delivery.models import Addressee, Lane, Send
from broadsheet.platform import clock

SOURCE = "file"
ADDRESS = ("address", "email", "e-mail")
"""Headings of the column that holds the address, if the list has headings; else it is the first."""


class Unusable(ValueError):
    """The message or the list can't be what it should be."""


def freeze(message_file: Path, list_file: Path) -> Send:
    """A send of the message to the list, begun; of the same two files always the same one.

    So what was cut short goes on where it was, and nobody gets the message twice. Raises Unusable, OSError.
    """
    content = message_file.read_bytes()
    message = message_from_bytes(content, _class=EmailMessage, policy=policy.default)
    if not (message["From"] and message["Subject"]):
        raise Unusable(f"{message_file} is no message: it needs at least From and Subject.")
    senders = message["From"].addresses
    if not (senders and senders[0].domain):
        raise Unusable(f"{message_file} is from nobody: its From has no address.")
    sender = senders[0].addr_spec
    try:
        return _frozen(message, sender, content, list_file)
    except Unjoinable as error:
        raise Unusable(f"{message_file}: {error}.") from error
    except csv.Error as error:
        raise Unusable(f"{list_file} is no list: {error}.") from error


def _frozen(message: EmailMessage, sender: str, content: bytes, list_file: Path) -> Send:
    headings = _headings(list_file)
    try:
        segments = Segments.compile(message, headings[1:], clock.now())
    except (LookupError, UnicodeError) as error:
        raise Unjoinable(f"a part of it can’t be read ({error})") from error
    key = hashlib.sha256(content + b"\0" + list_file.read_bytes()).hexdigest()
    send, _new = Send.objects.freeze(
        SOURCE, key, lane=Lane.FILES, subject=str(message["Subject"])[:300], sender=sender
    )
    if send.state == Send.State.FROZEN:
        defaults = {"message": segments.frozen()}
        cohort, _new_cohort = send.cohorts.get_or_create(name="", defaults=defaults)
        try:
            cohort.materialise(_addressees(list_file, headings))
        except csv.Error:
            send.delete()  # nobody got anything, and once the list is mended it is another send
            raise
        send.begin()
    return send


def _headings(list_file: Path) -> list[str]:
    """That of the address first, then those of the tokens; none where the list has no headings."""
    with list_file.open(newline="", encoding="utf-8-sig") as lines:
        first = next(csv.reader(lines), [])
    if not first:
        raise Unusable(f"{list_file} is empty.")
    if any("@" in cell for cell in first):
        return []
    names = [cell.strip() for cell in first]
    for name in names:
        if name.lower() in ADDRESS:
            return [name, *(other for other in names if other != name)]
    raise Unusable(f"{list_file} has no column with the heading “address”.")


def _addressees(list_file: Path, headings: list[str]) -> Iterator[Addressee]:
    with list_file.open(newline="", encoding="utf-8-sig") as lines:
        if not headings:
            for row in csv.reader(lines):
                if row and row[0].strip():
                    yield Addressee(row[0].strip(), canonical(row[0].strip())[:254])
            return
        reader = csv.DictReader(lines, skipinitialspace=True)
        reader.fieldnames = [name.strip() for name in reader.fieldnames or ()]
        for cells in reader:
            address = (cells[headings[0]] or "").strip()
            if address:
                tokens = {name: cells[name] or "" for name in headings[1:]}
                yield Addressee(address, canonical(address)[:254], tokens)
