"""The report: in a few lines, and line by line as a table."""

import csv
from collections.abc import Iterator
from typing import TextIO

from django.db.models import Count
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from broadsheet.importers.models import Finding, Import, Imported
from broadsheet.importers.planning.magazine import MENUS
from broadsheet.platform.csv_files import in_a_cell

THINGS = {
    Imported.Kind.AUTHOR: gettext_lazy("authors"),
    Imported.Kind.SECTION: gettext_lazy("sections"),
    Imported.Kind.TOPIC: gettext_lazy("topics"),
    Imported.Kind.PICTURE: gettext_lazy("pictures"),
    Imported.Kind.SOUND: gettext_lazy("sounds"),
    Imported.Kind.ARTICLE: gettext_lazy("articles"),
    Imported.Kind.PAGE: gettext_lazy("pages"),
    Imported.Kind.NEWSLETTER: gettext_lazy("newsletters"),
    Imported.Kind.PLAN: gettext_lazy("plans"),
}
READERS = {
    "subscribed": gettext_lazy("subscribed"),
    "unsubscribed": gettext_lazy("left there: they come as such, and get nothing"),
    "cleaned": gettext_lazy("bounced there: suppressed"),
    "none": gettext_lazy("without a newsletter"),
    "pending": gettext_lazy("never confirmed: left out"),
    "merged": gettext_lazy("twice in the list: merged"),
    "bad": gettext_lazy("without a usable address: left out"),
    "complimentary": gettext_lazy("read without paying"),
    "paying": gettext_lazy("pay there"),
}


def counts_of(moving: Import) -> list[tuple[str, list[tuple[str, int]]]]:
    """What it is, in the plural → states with how many."""
    rows = moving.rows.values_list("kind", "state").annotate(count=Count("pk")).order_by("kind", "state")
    found: dict[str, list[tuple[str, int]]] = {}
    for kind, state, count in rows:
        found.setdefault(kind, []).append((str(Imported.State(state).label), count))
    return [(str(THINGS[kind]), found[kind]) for kind in Imported.Kind if kind in found]


def readers_of(moving: Import) -> list[tuple[str, int]]:
    return [(str(words), moving.readers[name]) for name, words in READERS.items() if moving.readers.get(name)]


def summary_of(moving: Import) -> Iterator[str]:
    for things, states in counts_of(moving):
        yield f"{sum(count for _state, count in states):>8,} {things}: " + ", ".join(
            f"{count:,} {state}" for state, count in states
        )
    for words, count in readers_of(moving):
        yield f"{count:>8,} readers {words}"
    if name := moving.of_magazine.get("name"):
        yield f"It is called “{name}” there."
    for name, lines in moving.of_magazine.get("menus", {}).items():
        yield f"{len(lines):>8,} {MENUS[name]}: " + ", ".join(
            line["label"] for line in lines if line["leads_to"]
        )
    for level in Finding.Level:
        if count := moving.findings.filter(level=level).count():
            yield f"{count:>8,} " + ngettext("remark: %s", "remarks: %s", count) % level.label


def headings() -> list[str]:
    return [_("What"), _("State"), _("Title"), _("Old address"), _("New address"), _("Remark")]


def lines_of(moving: Import) -> Iterator[tuple[str, str, str, str, str, str]]:
    """Every record, then every finding."""
    for row in moving.rows.order_by("pk").iterator(chunk_size=2000):
        kind, state = str(row.get_kind_display()), str(row.get_state_display())
        yield kind, state, row.title, row.old_address, row.new_address, row.words
    for finding in moving.findings.order_by("pk").iterator(chunk_size=2000):
        yield str(_("remark")), str(finding.get_level_display()), finding.about, "", "", finding.words


def write_csv(moving: Import, file: TextIO) -> None:
    writer = csv.writer(file)
    writer.writerow(headings())
    writer.writerows([in_a_cell(cell) for cell in line] for line in lines_of(moving))
