from datetime import UTC, datetime, timedelta
from string import ascii_letters, digits
from uuid import UUID

import pytest
from django.http import HttpResponse
from hypothesis import assume, given
from hypothesis import strategies as st
from pytest_django import DjangoAssertNumQueries, Settings

from broadsheet.membership.cookies import forget_passes, set_pass
from broadsheet.membership.models import Entitlement
from broadsheet.membership.passes import (
    COOKIE_PREFIX,
    Pass,
    PassError,
    PassExpiredError,
)
from broadsheet.people.models import Person
from broadsheet.platform import clock
from broadsheet.platform.http.signed_cookies import signing_keys
from tests.passes import issue, pass_in, read

ARTICLE, OTHER = UUID(int=0xA), UUID(int=0xB)
NOW = datetime(2026, 5, 10, 12, tzinfo=UTC)
SECOND = timedelta(seconds=1)
WEEK = timedelta(days=7)
ALPHABET = ascii_letters + digits + "-_"


@pytest.fixture
def token() -> str:
    with clock.moved_to(NOW):
        return issue(ARTICLE, "sign-up/17")


# --- The token -------------------------------------------------------------------------------------


@given(
    article=st.uuids(),
    recipient=st.text(max_size=60),
    person_id=st.none() | st.integers(1, 2**63 - 1),
    opens_subscribers=st.booleans(),
    life=st.timedeltas(timedelta(seconds=2), timedelta(days=400)),
)
def test_what_is_issued_is_read_back(
    article: UUID, recipient: str, person_id: int | None, opens_subscribers: bool, life: timedelta
) -> None:
    assume(person_id or not opens_subscribers)
    person = Person(pk=person_id) if person_id else None
    with clock.moved_to(NOW):
        token = issue(article, recipient, person=person, opens_subscribers=opens_subscribers, life=life)
        found = read(token)
    assert (found.article, found.person_id) == (article, person_id)
    assert found.opens_subscribers == opens_subscribers
    assert found.is_for(recipient, signing_keys())
    assert abs(found.expires_at - (NOW + life)) <= timedelta(seconds=2)
    assert found.token == token


@given(st.data())
def test_a_token_with_any_letter_altered_is_refused(data: st.DataObject) -> None:
    token = issue(ARTICLE, "sign-up/17")
    position = data.draw(st.integers(0, len(token) - 1))
    letter = data.draw(st.sampled_from(ALPHABET.replace(token[position], "")))
    with pytest.raises(PassError):
        read(token[:position] + letter + token[position + 1 :])


@given(st.text(max_size=200) | st.text(ALPHABET, min_size=80, max_size=80))
def test_what_is_no_token_is_refused(written: str) -> None:
    with pytest.raises(PassError):
        read(written)


@pytest.mark.parametrize(
    "change", [lambda t: t[:-1], lambda t: t + "A", lambda t: t + "\n", lambda t: t * 10_000]
)
def test_a_cut_or_lengthened_token_is_refused(token: str, change: object) -> None:
    assert callable(change)
    with clock.moved_to(NOW), pytest.raises(PassError):
        read(change(token))


def test_a_token_is_short_and_fits_into_an_address(token: str) -> None:
    assert len(token) == 80
    assert set(token) <= set(ALPHABET)


def test_the_last_letter_counts_in_full(token: str) -> None:
    last_altered = [token[:-1] + letter for letter in ALPHABET if letter != token[-1]]
    for altered in last_altered:
        with clock.moved_to(NOW), pytest.raises(PassError):
            read(altered)


def test_it_opens_until_the_second_at_which_it_ends(token: str) -> None:
    with clock.stopped_at(NOW + WEEK - 2 * SECOND):
        assert read(token).article == ARTICLE
    with clock.moved_to(NOW + WEEK), pytest.raises(PassExpiredError) as refusal:
        read(token)
    assert refusal.value.expired.article == ARTICLE


def test_an_expired_pass_is_an_error_of_passes(token: str) -> None:
    with pytest.raises(PassError):
        read(token)


def test_the_same_pass_issued_twice_has_the_same_link(token: str) -> None:
    tokens = set()
    for _ in range(2):
        with clock.moved_to(NOW):
            tokens.add(issue(ARTICLE, "sign-up/17"))
    assert tokens == {token}


def test_the_recipient_cannot_be_learnt_from_it(ada: Person) -> None:
    """Neither from the token nor, without the key, from what is read of it."""
    token = issue(ARTICLE, ada.email, person=ada)
    assert ada.email not in repr(read(token))
    assert read(token).recipient != read(issue(ARTICLE, "bruno@reader.example", person=ada)).recipient
    assert len({len(issue(ARTICLE, name)) for name in ("", ada.email, "x" * 500)}) == 1


def test_it_is_bound_to_its_recipient(token: str) -> None:
    with clock.moved_to(NOW):
        found = read(token)
    assert found.is_for("sign-up/17", signing_keys())
    assert not found.is_for("sign-up/18", signing_keys())


def test_a_key_that_was_changed_still_opens_and_a_lost_one_does_not(token: str, settings: Settings) -> None:
    settings.SECRET_KEY_FALLBACKS, settings.SECRET_KEY = [settings.SECRET_KEY], "a new key " * 6
    with clock.moved_to(NOW):
        assert read(token).is_for("sign-up/17", signing_keys())
        assert issue(ARTICLE, "sign-up/17") != token
        settings.SECRET_KEY_FALLBACKS = []
        with pytest.raises(PassError):
            read(token)


# --- What is for subscribers -----------------------------------------------------------------------


def pass_for(person: Person | None, *, opens_subscribers: bool) -> Pass:
    return read(issue(ARTICLE, "sign-up/17", person=person, opens_subscribers=opens_subscribers))


def test_a_subscribers_right_is_asked_anew_by_one_query(
    bruno: Person, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    found = pass_for(bruno, opens_subscribers=True)
    with django_assert_num_queries(1):
        assert Entitlement.objects.entitle_by(found)
    Entitlement.objects.all().delete()
    assert not Entitlement.objects.entitle_by(found)


def test_a_closed_account_is_not_entitled(bruno: Person) -> None:
    found = pass_for(bruno, opens_subscribers=True)
    bruno.is_active = False
    bruno.save()
    assert not Entitlement.objects.entitle_by(found)


def test_an_erased_account_is_not_entitled(bruno: Person) -> None:
    found = pass_for(bruno, opens_subscribers=True)
    bruno.erase()
    assert not Entitlement.objects.entitle_by(found)


def test_a_subscribers_pass_of_a_newsletter_for_all_opens_nothing_more(
    bruno: Person, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    found = pass_for(bruno, opens_subscribers=False)
    with django_assert_num_queries(0):
        assert not Entitlement.objects.entitle_by(found)


def test_a_reader_without_entitlement_is_not_entitled(ada: Person) -> None:
    assert not Entitlement.objects.entitle_by(pass_for(ada, opens_subscribers=True))


def test_what_is_for_subscribers_takes_a_person(token: str) -> None:
    with pytest.raises(ValueError, match="person"):
        issue(ARTICLE, "sign-up/17", opens_subscribers=True)


# --- The cookie ------------------------------------------------------------------------------------

NAME = f"{COOKIE_PREFIX}{ARTICLE.hex}"


@pytest.fixture
def response(token: str) -> HttpResponse:
    response = HttpResponse()
    with clock.moved_to(NOW + timedelta(days=2)):
        set_pass(response, read(token))
    return response


def test_a_link_leaves_its_pass_until_it_ends(response: HttpResponse, token: str) -> None:
    cookie = response.cookies[NAME]
    assert 5 * 86400 - 3 <= int(cookie["max-age"]) <= 5 * 86400
    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"
    with clock.moved_to(NOW + timedelta(days=3)):
        found = pass_in({NAME: cookie.value}, ARTICLE)
        assert found
        assert (found.article, found.token) == (ARTICLE, token)


def test_an_expired_pass_counts_as_absent(response: HttpResponse) -> None:
    with clock.moved_to(NOW + WEEK):
        assert pass_in({NAME: response.cookies[NAME].value}, ARTICLE) is None


def test_a_pass_moved_to_another_article_counts_as_absent(token: str) -> None:
    with clock.moved_to(NOW):
        assert pass_in({f"{COOKIE_PREFIX}{OTHER.hex}": token}, OTHER) is None
        assert pass_in({NAME: token}, OTHER) is None


@pytest.mark.parametrize("value", ["", "A" * 80, "A" * 100_000, "ü" * 80])
def test_a_forged_pass_counts_as_absent(value: str) -> None:
    assert pass_in({NAME: value}, ARTICLE) is None


def test_passes_are_forgotten_and_nothing_else(token: str) -> None:
    response = HttpResponse()
    forget_passes(response, {NAME: token, "broadsheet_session": "x"})
    assert set(response.cookies) == {NAME}
    assert response.cookies[NAME]["max-age"] == 0
