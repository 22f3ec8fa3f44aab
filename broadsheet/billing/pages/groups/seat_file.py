"""The seats of a group as a file, out and in."""

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from broadsheet.billing.limits import may_invite
from broadsheet.billing.pages.groups.own import of_owner
from broadsheet.delivery.addresses import NotAnAddress, reachable, readable
from broadsheet.membership.errors import Refused
from broadsheet.membership.fulfilment.reading import Unreadable, decoded, delimiter_of, rows_of
from broadsheet.membership.models import Group
from broadsheet.platform.csv_files import csv_file
from broadsheet.platform.days import day_of

MOST_BYTES = 2 * 1024 * 1024
ADDRESS_HEADINGS = {"email", "e-mail", "mail", "e-mail address", "email address", "address"}
NAME_HEADINGS = {"name", "full name"}


@dataclass(frozen=True, slots=True)
class Line:
    number: int
    written: str
    outcome: str
    is_done: bool = False


@require_safe
@of_owner
def seats_csv(request: HttpRequest, group: Group) -> HttpResponse:
    def day(moment: object) -> str:
        return str(day_of(moment, group.subscription.zone)) if moment else ""  # type: ignore[arg-type]

    rows = group.seat_rows.select_related("person").order_by("invited_at", "pk")
    lines = (
        (
            readable(seat.email),
            seat.name,
            seat.state,
            day(seat.invited_at),
            day(seat.taken_at),
            day(seat.ended_at),
        )
        for seat in rows
    )
    headings = [_("E-mail"), _("Name"), _("State"), _("Invited"), _("Taken"), _("Ended")]
    return csv_file(f"seats-{slugify(group.name) or group.number}", headings, lines)


@require_http_methods(["GET", "HEAD", "POST"])
@of_owner
def invite_by_csv(request: HttpRequest, group: Group) -> HttpResponse:
    """Invites everybody in a file, and says by line what came of it."""
    context: dict[str, object] = {"group": group}
    if request.method != "POST":
        return render(request, "billing/group/file.html", context)
    try:
        rows = _people_in(request)
    except Unreadable as unreadable:
        context["fault"] = str(unreadable)
        return render(request, "billing/group/file.html", context, status=400)
    context["lines"] = [_invite(request, group, *row) for row in rows]
    context["invited"] = sum(line.is_done for line in context["lines"])  # type: ignore[attr-defined]
    return render(request, "billing/group/file.html", context)


def _people_in(request: HttpRequest) -> list[tuple[int, str, str]]:
    """The number of each line, the address in it and the name; raises Unreadable."""
    uploaded = request.FILES.get("file")
    if uploaded is None:
        raise Unreadable(_("Choose a file first."))
    if uploaded.size and uploaded.size > MOST_BYTES:
        raise Unreadable(_("The file is larger than %d MB.") % (MOST_BYTES // 1024 // 1024))
    text = decoded(uploaded.read())
    rows = rows_of(text, delimiter_of(text))
    if not rows:
        raise Unreadable(_("The file is empty."))
    headings = [cell.strip().lower() for cell in rows[0][1]]
    addresses, names = ADDRESS_HEADINGS | {_("E-mail").lower()}, NAME_HEADINGS | {_("Name").lower()}
    address = next((n for n, heading in enumerate(headings) if heading in addresses), None)
    name = next((n for n, heading in enumerate(headings) if heading in names), None)
    if address is None:
        address, name = _place_of_address(rows[0][1]), None
    else:
        del rows[0]
    return [
        (line, cells[address].strip() if address < len(cells) else "", _cell(cells, name))
        for line, cells in rows
    ]


def _place_of_address(cells: list[str]) -> int:
    """That of the first line without headings; raises Unreadable."""
    for place, cell in enumerate(cells):
        if "@" in cell:
            return place
    raise Unreadable(_("No column is headed “E-mail”, and the first line has no address."))


def _cell(cells: list[str], place: int | None) -> str:
    return cells[place].strip()[:120] if place is not None and place < len(cells) else ""


def _invite(request: HttpRequest, group: Group, number: int, written: str, name: str) -> Line:
    try:
        email = reachable(written.removeprefix("'"))
    except NotAnAddress:
        return Line(number, written[:80], _("This is no e-mail address."))
    try:
        outcome = invite(request, group, email, name)
    except Refused as refused:
        return Line(number, written, refused.reason)
    return Line(number, written, outcome, is_done=True)


def invite(request: HttpRequest, group: Group, email: str, name: str) -> str:
    """Invites `email`, and says so in the same words whether or not they have an account. Raises Refused."""
    group.require_free()
    if not may_invite(request, email):
        raise Refused(_("Too many invitations were sent. Nothing was sent now. Try again tomorrow."))
    group.invite(email, name=name)
    return _("Invited")
