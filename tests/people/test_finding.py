"""Whose account it may be, by what somebody remembers."""

from broadsheet.people import finding
from broadsheet.people.finding import Clues, Found, agreed, candidates
from broadsheet.people.models import Person
from tests.cast import introduce


def people(clues: Clues, *, sure: bool = True) -> set[int]:
    return {one.person_id for one in candidates(clues) if one.is_sure is sure}


def test_an_address_leads_to_its_account_however_it_is_written(ada: Person) -> None:
    assert people(Clues(email="ADA@Reader.Example")) == {ada.pk}
    assert agreed(Clues(email="ada@reader.example")) == {ada.pk}


def test_a_slip_of_the_finger_is_for_the_staff_to_see(ada: Person) -> None:
    for near in ("ad@reader.example", "adaa@reader.example", "aad@reader.example", "ada@raeder.example"):
        assert people(Clues(email=near), sure=False) == {ada.pk}, near
        assert agreed(Clues(email=near)) == set()
    assert candidates(Clues(email="bob@reader.example")) == []


def test_a_closed_account_is_not_found(ada: Person) -> None:
    Person.objects.filter(pk=ada.pk).update(is_active=False)
    assert candidates(Clues(email=ada.email)) == []


def test_what_is_said_must_lead_to_one_account_together(ada: Person, monkeypatch) -> None:
    eve = introduce("Eve Brandt", "eve@reader.example")
    monkeypatch.setattr(finding, "_finders", dict(finding._finders))
    finding.register("coat", "the coat", lambda clues: [Found(ada.pk), Found(eve.pk)])
    assert agreed(Clues(email=ada.email)) == {ada.pk}
    assert agreed(Clues()) == {ada.pk, eve.pk}
    found = candidates(Clues(email=ada.email))
    assert [(one.person_id, one.by) for one in found] == [
        (ada.pk, ["the e-mail address", "the coat"]),
        (eve.pk, ["the coat"]),
    ]


def test_digits_of_a_card_alone_are_not_enough() -> None:
    assert not Clues(last_digits="4242").are_enough
    assert not Clues(name="Ada Brandt").are_enough
    assert not Clues(number="12").are_enough
    assert Clues(name="Ada Brandt", postcode="N1 9GU").are_enough
