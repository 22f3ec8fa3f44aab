"""Segments: the readers for whom all of their conditions hold."""

from datetime import timedelta

import pytest

from broadsheet.newsletters.models import Condition, Label, Labelling, Mailbox, Newsletter, Segment
from broadsheet.newsletters.segments.matching import mailboxes_in, sign_ups_in
from broadsheet.people.models import Person
from broadsheet.platform import clock
from tests.magazine import Magazine
from tests.newsletters.issues import make_newsletter, sign_up

pytestmark = pytest.mark.django_db


def segment(*conditions: dict[str, object]) -> Segment:
    made = Segment.objects.create(name=f"Segment {Segment.objects.count()}")
    for condition in conditions:
        Condition.objects.create(segment=made, **condition)
    return made


def names_in(made: Segment) -> set[str]:
    return {mailbox.address.partition("@")[0] for mailbox in mailboxes_in(made)}


@pytest.fixture
def readers(magazine: Magazine, bruno: Person) -> Newsletter:
    """Ada, a reader for a year; Bruno, who subscribes; Zoe, of the other edition, with a label."""
    briefing = make_newsletter()
    Mailbox.objects.filter(pk=sign_up(briefing).mailbox_id).update(
        created_at=clock.now() - timedelta(days=365)
    )
    Mailbox.objects.filter(pk=sign_up(briefing, bruno.email).mailbox_id).update(person=bruno)
    other = make_newsletter("other", edition="en-gb")
    zoe = sign_up(other, "zoe@reader.example").mailbox
    Labelling.objects.create(label=Label.objects.create(name="Founders"), mailbox=zoe)
    return briefing


@pytest.mark.parametrize(
    ("condition", "held_by"),
    [
        ({"about": "edition", "edition": "en-gb"}, {"zoe"}),
        ({"about": "subscription"}, {"bruno"}),
        ({"about": "reader_for", "days": 100}, {"ada"}),
        ({"about": "label"}, {"zoe"}),
        ({"about": "newsletter"}, {"ada", "bruno"}),
    ],
)
def test_a_condition_and_its_negation_share_everyone_between_them(
    readers: Newsletter, condition: dict[str, object], held_by: set[str]
) -> None:
    if condition["about"] == "label":
        condition = condition | {"label": Label.objects.get()}
    if condition["about"] == "newsletter":
        condition = condition | {"newsletter": readers}
    assert names_in(segment(condition)) == held_by
    assert names_in(segment(condition | {"is_negated": True})) == {"ada", "bruno", "zoe"} - held_by


def test_all_conditions_hold(readers: Newsletter) -> None:
    here = {"about": "newsletter", "newsletter": readers}
    unpaid = {"about": "subscription", "is_negated": True}
    assert names_in(segment(here, unpaid)) == {"ada"}


def test_without_a_condition_it_is_nobody_and_never_everybody(readers: Newsletter) -> None:
    nobody = segment()
    assert names_in(nobody) == set()
    assert not sign_ups_in(readers.sign_ups.all(), nobody).exists()
    assert sign_ups_in(readers.sign_ups.all(), None).count() == 2


def test_an_erased_reader_is_in_none(readers: Newsletter) -> None:
    Mailbox.objects.filter(address="ada@reader.example").update(erased_at=clock.now())
    assert "ada" not in names_in(segment({"about": "subscription", "is_negated": True}))
