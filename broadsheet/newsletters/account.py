"""Newsletters on the account page, in the export, and when somebody signs in or is erased."""

from typing import Any
from zoneinfo import ZoneInfo

from allauth.account.signals import user_logged_in
from django.db.models.signals import pre_delete
from django.dispatch import receiver
from django.http import HttpRequest
from django.utils.translation import ngettext

from broadsheet.delivery.models import Suppression
from broadsheet.editorial.context import edition_of, editions_of
from broadsheet.editorial.models import Edition
from broadsheet.membership.models import Subscription
from broadsheet.newsletters.models import Consent, EReader, FollowedLetter, Mailbox, Pace, WeeklyLetter
from broadsheet.newsletters.models.followed import AT
from broadsheet.newsletters.reader_links import preferences_path
from broadsheet.people.current import person_of
from broadsheet.people.models import MailedCode, Person
from broadsheet.people.signals import address_changed, mailbox_proven
from broadsheet.weekly.files.right import may_have_files
from broadsheet.weekly.models import WeeklyIssue


def section(request: HttpRequest) -> dict[str, Any]:
    person = person_of(request)
    mailbox = Mailbox.objects.of(person)
    received = mailbox.sign_ups.confirmed().select_related("newsletter") if mailbox else []
    return {
        "paused": Subscription.objects.paused_of(person),
        "mailbox": mailbox,
        "received": [sign_up.newsletter for sign_up in received],
        "preferences": preferences_path(mailbox) if mailbox else "",
    }


def followed_letter(request: HttpRequest) -> dict[str, Any]:
    """What the page of what one follows says of the letter."""
    person = person_of(request)
    mailbox = Mailbox.objects.of(person)
    letter = FollowedLetter.objects.filter(mailbox=mailbox).first() if mailbox else None
    address = mailbox.readable_address if mailbox else person.email
    return {
        "letter": letter,
        # One edition's, whichever page one is on.
        "letter_edition": next(
            (one for one in editions_of(request) if letter and one.locale.language_code == letter.edition),
            edition_of(request),
        ),
        "paces": Pace,
        "letter_at": AT,
        "letter_goes_to": address,
        "is_suppressed": Suppression.objects.active().of(address).exists(),
        "is_paused": bool(mailbox and mailbox.is_paused),
    }


def weekly_letter(request: HttpRequest) -> dict[str, Any]:
    """What the account page says of the letter of the weekly issue, where the edition has one."""
    person = person_of(request)
    chosen = WeeklyLetter.objects.filter(mailbox__person=person).first()
    issues = WeeklyIssue.objects.published().of(edition_of(request).locale.language_code)
    return {
        "weekly_letter": chosen,
        "weekly_letter_edition": told_apart(request, chosen.edition) if chosen else None,
        "offers_weekly_letter": chosen is None and issues.exists() and may_have_files(person),
    }


def e_reader(request: HttpRequest) -> dict[str, Any]:
    """What the account page says of the reader's e-reader, where the edition has issues to send."""
    person = person_of(request)
    chosen = EReader.objects.filter(mailbox__person=person).select_related("mailbox").first()
    issues = WeeklyIssue.objects.published().of(edition_of(request).locale.language_code)
    may_have = may_have_files(person)
    return {
        "e_reader": chosen,
        "e_reader_edition": told_apart(request, chosen.edition) if chosen else None,
        "may_have_files": may_have,
        "paused": None if may_have else Subscription.objects.paused_of(person),
        "offers_e_reader": chosen is None and may_have and issues.exists(),
    }


def told_apart(request: HttpRequest, tag: str) -> Edition | None:
    """The edition `tag`, where there are others from which a reader has to tell it."""
    editions = editions_of(request)
    found = (one for one in editions if one.locale.language_code == tag)
    return next(found, None) if len(editions) > 1 else None


def zone_of(person: Person) -> ZoneInfo | None:
    """Where `person` gets newsletters."""
    mailbox = _of(person)
    return mailbox.zone if mailbox else None


def export(person: Person) -> dict[str, Any]:
    mailbox = _of(person)
    if mailbox is None:
        return {}
    consents = Consent.objects.filter(sign_up__mailbox=mailbox).select_related("sign_up__newsletter")
    return {
        "address": mailbox.address,
        "edition": mailbox.edition,
        "time_zone": mailbox.time_zone,
        "paused_until": mailbox.paused_until,
        "last_month_of_a_sign_of_life": mailbox.seen_in,
        "objects_to_that": mailbox.objects_to_signs_of_life,
        "letter_of_what_they_follow": FollowedLetter.objects.filter(mailbox=mailbox)
        .values("pace", "edition", "chosen_at", "covered_until")
        .first(),
        "letter_of_the_weekly_issue": WeeklyLetter.objects.filter(mailbox=mailbox)
        .values("edition", "chosen_at")
        .first(),
        "e_reader": EReader.objects.filter(mailbox=mailbox)
        .values("edition", "address", "proven_at", "asked")
        .first(),
        "labels": [labelling.label.name for labelling in mailbox.labellings.select_related("label")],
        "sign_ups": [
            {
                "newsletter": sign_up.newsletter.name,
                "edition": sign_up.newsletter.edition,
                "state": sign_up.state,
                "place": sign_up.place,
                "signed_up": sign_up.asked_at,
                "confirmed": sign_up.confirmed_at,
                "left": sign_up.left_at,
                "how": sign_up.leaving,
                "reason": sign_up.reason,
                "words": sign_up.words,
            }
            for sign_up in mailbox.sign_ups.select_related("newsletter")
        ],
        "agreements": [
            {
                "newsletter": consent.sign_up.newsletter.name,
                "words": consent.words,
                "place": consent.place,
                "page": consent.page,
                "network_address": consent.network_address,
                "given": consent.given_at,
                "confirmed": consent.confirmed_at,
            }
            for consent in consents
        ],
    }


def losses(person: Person) -> list[str]:
    mailbox = _of(person)
    count = mailbox.sign_ups.confirmed().count() if mailbox else 0
    if not count:
        return []
    return [ngettext("%d newsletter no longer comes.", "%d newsletters no longer come.", count) % count]


def _of(person: Person) -> Mailbox | None:
    return Mailbox.objects.filter(person=person).first() or Mailbox.objects.at(person.email).first()


@receiver(user_logged_in)
def know_again(user: Person, **kwargs: Any) -> None:
    """Whoever signs in has proven their address, at some time, and is there."""
    if mailbox := Mailbox.objects.of(user):
        mailbox.see()


@receiver(mailbox_proven)
def carry_out(request: HttpRequest, mailed: MailedCode, person: Person, **kwargs: Any) -> None:
    """What was ticked where they asked to sign in: registering and signing up are one step."""
    if mailbox := Consent.objects.confirm(mailed):
        mailbox.belong_to(person)


@receiver(address_changed)
def follow(person_id: int, new: str, **kwargs: Any) -> None:
    person = Person.objects.get(pk=person_id)
    if mailbox := Mailbox.objects.filter(person=person).first():
        mailbox.move_to(new).belong_to(person)


@receiver(pre_delete, sender=Person)
def forget(instance: Person, **kwargs: Any) -> None:
    for mailbox in {_of(instance), Mailbox.objects.at(instance.email).first()}:
        if mailbox:
            mailbox.erase()
