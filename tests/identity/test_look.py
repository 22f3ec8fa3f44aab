"""How pages look once an identity is applied, and before."""

import gzip
import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.staticfiles import finders
from django.test import Client
from wagtail.models import Locale

from broadsheet.editorial.models import Publication
from broadsheet.identity.choices import PAIRINGS, Layout, Masthead
from broadsheet.identity.look import look, trying
from broadsheet.identity.models import Identity, IdentityChanged, IdentityFile
from broadsheet.identity.tidying import FILES_KEPT, tidy
from broadsheet.people.letters import Letter, written
from broadsheet.people.models import Person
from broadsheet.platform import clock
from broadsheet.platform.models import Invalidation
from tests.identity.made import applied
from tests.magazine import Magazine

SHEET = re.compile(r'href="(/identity/[0-9a-f]{32}\.css)"')


def sheet_of(client: Client, address: str = "/") -> str:
    [found] = SHEET.findall(client.get(address).text)
    return str(found)


def test_a_magazine_that_changed_nothing_loads_no_more_than_before(
    client: Client, magazine: Magazine
) -> None:
    page = client.get("/").text
    assert not SHEET.search(page)
    assert "identity/css" not in page


def test_every_page_has_the_sheet_and_it_may_be_kept_for_ever(client: Client, magazine: Magazine) -> None:
    applied(accent="#0b5d3b")
    paths = ("/", "/world/harbour/", "/account/sign-in/", "/no-such-page/")
    addresses = {sheet_of(client, path) for path in paths}
    [address] = addresses
    response = client.get(address)
    assert "--accent:light-dark(#0b5d3b," in response.text
    assert response.headers["Content-Type"].startswith("text/css")
    assert "immutable" in response.headers["Cache-Control"]
    assert len(response.content) < 1000


def test_another_colour_is_another_address(client: Client, magazine: Magazine) -> None:
    applied(accent="#0b5d3b")
    first = sheet_of(client)
    applied(accent="#8a1c22")
    assert sheet_of(client) != first
    assert client.get(first).status_code == 200  # a page that is kept somewhere still asks for it


def test_the_security_policy_stays_as_it_is(client: Client, magazine: Magazine) -> None:
    before = client.get("/").headers["Content-Security-Policy"]
    applied(accent="#0b5d3b", pairing="fraunces", masthead="left", layout="magazine", paper="cool")
    page = client.get("/")
    assert page.headers["Content-Security-Policy"] == before
    assert "<style" not in page.text
    assert " style=" not in page.text


@pytest.mark.parametrize("pairing", PAIRINGS)
def test_only_the_fonts_of_the_pairing_are_named(client: Client, magazine: Magazine, pairing: str) -> None:
    applied(pairing=pairing)
    page = client.get("/").text
    assert page.count('rel="preload"') == 3
    assert [one.base for one in PAIRINGS.values() if f'"/static/{one.base}"' in page] == [
        PAIRINGS[pairing].base
    ]
    for font in PAIRINGS[pairing].preloaded:
        assert finders.find(font)


@pytest.mark.parametrize("masthead", Masthead.values)
@pytest.mark.parametrize("layout", Layout.values)
def test_each_form_has_its_sheets(client: Client, magazine: Magazine, masthead: str, layout: str) -> None:
    applied(masthead=masthead, layout=layout)
    for name in re.findall(r'href="/static/(identity/css/[\w.]+)"', client.get("/").text):
        assert finders.find(name)


def test_the_name_is_the_same_everywhere(client: Client, magazine: Magazine, carla: Person) -> None:
    applied(name="The Northern Review", motto="Seen from above")
    assert Publication.load().name == "The Northern Review"
    assert magazine.uk.full_name == "The Northern Review UK"
    for path in ("/", "/world/harbour/", "/feed/rss.xml", "/account/sign-in/"):
        page = client.get(path).text
        assert "The Northern Review" in page
        assert "The Meridian" not in page.replace("Ilse Marr / The Meridian", ""), path
    _text, html = written(Letter("Hello", ["Hello."]))
    assert "The Northern Review" in html


def test_letters_have_the_colour(magazine: Magazine, db: None) -> None:
    applied(accent="#0b5d3b")
    _text, html = written(Letter("Hello", ["Hello."], action=("Go", "https://magazine.example/")))
    assert "background: #0b5d3b" in html


def test_a_draft_is_seen_by_nobody(client: Client, magazine: Magazine, carla: Person) -> None:
    draft = Identity.draft(carla, None)
    draft.name, draft.accent = "Another Name", "#0b5d3b"
    draft.keep_draft()
    assert "Another Name" not in client.get("/").text
    with trying(draft):
        assert Publication.load().name == "Another Name"
        assert look().accent == "#0b5d3b"
    assert Publication.load().name == "The Meridian"
    assert look().accent != "#0b5d3b"


def test_an_edition_may_look_its_own_way_and_as_all_others_again(client: Client, magazine: Magazine) -> None:
    applied(accent="#0b5d3b")
    uk = Locale.objects.get(language_code="en-gb")
    own = Identity.like(Identity.current(None), None, uk)
    own.accent, own.motto = "#0b57a4", "From here"
    own.apply(None)
    assert sheet_of(client, "/uk/") != sheet_of(client, "/")
    assert "From here" in client.get("/uk/").text
    assert "From here" not in client.get("/").text
    Identity.follow(uk, None)
    assert sheet_of(client, "/uk/") == sheet_of(client, "/")


def test_a_former_identity_comes_back_whole(client: Client, magazine: Magazine) -> None:
    first = applied(accent="#0b5d3b", masthead="left")
    address = sheet_of(client)
    applied(accent="#8a1c22", masthead="compact")
    again = Identity.like(first, None, None)
    again.apply(None)
    assert sheet_of(client) == address


def test_of_two_who_apply_the_second_is_told(magazine: Magazine, carla: Person, greta: Person) -> None:
    mine, theirs = Identity.draft(carla, None), Identity.draft(greta, None)
    mine.keep_draft()
    theirs.keep_draft()
    theirs.apply(greta)
    with pytest.raises(IdentityChanged):
        mine.apply(carla)
    assert Identity.current(None) == theirs


def test_what_is_applied_puts_every_page_out_of_date(magazine: Magazine, carla: Person) -> None:
    draft = Identity.draft(carla, None)
    draft.keep_draft()
    before = Invalidation.objects.filter(tag="all").count()
    draft.keep_draft()
    assert Invalidation.objects.filter(tag="all").count() == before
    draft.apply(carla)
    assert Invalidation.objects.filter(tag="all").count() > before


@pytest.mark.django_db(transaction=True)
def test_how_a_page_looks_costs_no_query(
    magazine: Magazine, django_assert_num_queries: Callable[..., Any]
) -> None:
    applied(accent="#0b5d3b", links="https://bsky.app/profile/x\nhttps://example.social/@x")
    look("en-us")
    with django_assert_num_queries(0):
        look("en-us")
        look("en-gb")


def test_files_that_nothing_has_go_and_others_stay(magazine: Magazine) -> None:
    kept = applied(accent="#0b5d3b")
    lost = IdentityFile.of(b"x", "text/css")
    IdentityFile.objects.update(made_at=clock.now() - FILES_KEPT - timedelta(days=1))
    tidy()
    assert not IdentityFile.objects.filter(pk=lost.pk).exists()
    assert IdentityFile.objects.filter(pk=kept.sheet_id).exists()


@pytest.mark.parametrize("address", ["/identity/0123.css", f"/identity/{'0' * 32}.css", "/identity/x.svg"])
def test_there_is_nothing_at_other_addresses(client: Client, db: None, address: str) -> None:
    assert client.get(address).status_code == 404


def test_a_logo_is_served_as_a_picture_that_can_do_nothing(client: Client, magazine: Magazine) -> None:
    draft = Identity.like(None, None, None)
    draft.take_logo(
        b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 4 1" onload="x()"><path d="M0 0h4v1z"/></svg>'
    )
    draft.apply(None)
    page = client.get("/").text
    assert f'<img\n      class="on-light"\n      src="{draft.logo.address}"' in page  # type: ignore[union-attr]
    response = client.get(draft.logo.address)  # type: ignore[union-attr]
    assert "sandbox" in response.headers["Content-Security-Policy"]
    assert "onload" not in response.text


def test_a_sheet_travels_compressed(client: Client, magazine: Magazine) -> None:
    Identity.like(None, None, None).apply(None)
    found = SHEET.search(client.get("/").text)
    assert found
    plain = client.get(found[1])
    assert "Content-Encoding" not in plain.headers
    zipped = client.get(found[1], headers={"Accept-Encoding": "br, gzip"})
    assert zipped.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(zipped.content) == plain.content
    assert "Accept-Encoding" in zipped.headers["Vary"]
