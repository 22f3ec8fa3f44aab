"""What is said to those who are offered, have, or had a seat of a group."""

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _

from broadsheet.editorial.models import Publication
from broadsheet.membership.letters.wording import to_account
from broadsheet.membership.models import Entitlement, Group, Seat, Subscription
from broadsheet.membership.notice_kinds import GroupNotice
from broadsheet.notices.models import Notice
from broadsheet.people.letters import Letter
from broadsheet.people.models import Person
from broadsheet.platform import clock


def about_seat(notice: Notice) -> Letter | None:
    if notice.kind == GroupNotice.GONE:
        return gone(notice)
    found = Seat.objects.select_related("group__subscription__person", "person").filter(pk=notice.about)
    seat = found.first()
    if seat is None:
        return None
    return ABOUT_SEATS[GroupNotice(notice.kind)](seat)


def invited(seat: Seat) -> Letter | None:
    group = seat.group
    if seat.person_id or seat.ended_at or not group.is_live:
        return None
    return Letter(
        _("%s offers you a subscription") % group.name,
        [
            _("%(group)s has a subscription to %(publication)s for its people, and offers you a seat.")
            % {"group": group.name, "publication": Publication.load().name},
            _("You read every article, without limit, and pay nothing. Your account stays your own."),
        ],
        [],
        (_("Take the seat"), f"{settings.PUBLIC_URL}{reverse('take_seat', args=[seat.token])}"),
        [_("If you don’t know %s, you need do nothing.") % group.name],
        on_record=_("An invitation to a group"),
    )


def given(seat: Seat) -> Letter | None:
    if seat.ended_at or not seat.group.is_live:
        return None
    after = []
    if seat.how == Seat.How.DOMAIN:
        after.append(
            _("Your mailbox is one of theirs. You can give the seat back on your account page at any time.")
        )
    own = Subscription.objects.filter(person=seat.person).reading().live().first()
    if own:
        after.append(
            _("Your own subscription goes on and is charged as before. You can cancel it in your account.")
        )
    return Letter(
        _("You have a seat of %s") % seat.group.name,
        [
            _("You can read every article, without limit, for as long as %s keeps the seat for you.")
            % seat.group.name,
            _("Whoever looks after the group sees your address and since when, not what you read."),
        ],
        [],
        to_account(),
        after,
        on_record=_("A seat of a group"),
    )


def taken_back(seat: Seat) -> Letter | None:
    if seat.ended_at is None:
        return None
    return Letter(
        _("Your seat of %s has ended") % seat.group.name,
        [_("%s has taken its seat back.") % seat.group.name, _then(seat.person)],
        [],
        _prices(),
        on_record=_("A seat of a group taken back"),
    )


def ends(seat: Seat) -> Letter | None:
    subscription = seat.group.subscription
    if seat.ended_at or not subscription.is_live or not subscription.cancellation:
        return None
    return Letter(
        _("Your seat ends on %s") % subscription.term_end,
        [
            _("The subscription of %(group)s ends on %(day)s, and your seat with it.")
            % {"group": seat.group.name, "day": subscription.term_end},
            _("Your account stays. If you would like to keep reading, you can subscribe yourself."),
        ],
        [],
        _prices(),
    )


def ended(seat: Seat) -> Letter | None:
    if seat.group.is_live:
        return None
    return Letter(
        _("Your seat of %s has ended") % seat.group.name,
        [_("The subscription of %s has ended, and your seat with it.") % seat.group.name, _then(seat.person)],
        [],
        _prices(),
        on_record=_("A group has ended"),
    )


def gone(notice: Notice) -> Letter:
    """Its owner’s account was erased, and the group and its seats with it."""
    return Letter(
        _("Your seat of %s has ended") % notice.key,
        [
            _("The subscription of %s has ended, and your seat with it.") % notice.key,
            _then(notice.person),
        ],
        [],
        _prices(),
        on_record=_("A group has ended"),
    )


def _then(person: Person | None) -> str:
    if person and Entitlement.objects.end_for(person, clock.now()):
        return _("You can still read without limit, by a right of your own.")
    return _("You keep your account, with the free articles it opens each month.")


def _prices() -> tuple[str, str]:
    return _("See the prices"), f"{settings.PUBLIC_URL}{reverse('subscribe')}"


def handed_on(notice: Notice) -> Letter | None:
    found = Group.objects.select_related("subscription__person").filter(pk=notice.about).first()
    if found is None or notice.person is None:
        return None
    if found.owner == notice.person:
        words = [
            _("You look after the group %s from now on: its seats, its invoice, and whether it goes on.")
            % found.name,
            _("It is paid for as before. You can change that on the group’s page."),
        ]
    else:
        words = [
            _("%(who)s looks after the group %(group)s from now on, and gets its invoices.")
            % {"who": found.owner.readable_email, "group": found.name},
            _("If this is not what you wanted, write to us."),
        ]
    return Letter(_("The group %s has another owner") % found.name, words, [], to_account())


ABOUT_SEATS = {
    GroupNotice.INVITED: invited,
    GroupNotice.GIVEN: given,
    GroupNotice.TAKEN_BACK: taken_back,
    GroupNotice.ENDS: ends,
    GroupNotice.ENDED: ended,
}
