"""Wherever a reader is led on, what a campaign added to the address goes along."""

import pytest
from django.test import Client, RequestFactory
from django.urls import reverse
from wagtail.contrib.redirects.models import Redirect

from broadsheet.membership.models import Price
from broadsheet.paywall.models import GiftLink
from broadsheet.people.models import Person
from broadsheet.platform.http.redirects import with_query
from tests import passes
from tests.cast import signed_in
from tests.magazine import Magazine
from tests.shop import subscribe

UTM = "utm_source=letter"


def leads_to(client: Client, address: str, *, post: bool = False) -> str:
    headers = {"Sec-Fetch-Site": "same-origin"}
    response = client.post(address, headers=headers) if post else client.get(address)
    assert 300 <= response.status_code < 400, address
    return response["Location"]


@pytest.mark.parametrize(
    ("to", "query", "whole"),
    [
        ("/a/", "", "/a/"),
        ("/a/", "x=1&y=%20", "/a/?x=1&y=%20"),
        ("/a/?x=2", "x=1&y=3", "/a/?x=2&y=3"),
        ("/a/?q=1", "%71=2", "/a/?q=1"),
        ("/a/#b", "x=1", "/a/?x=1#b"),
        ("https://a.example/b?c#d", "&&x", "https://a.example/b?c&x#d"),
        ("/a/", "x=\u00e9\r\n", "/a/?x=%C3%A9%0D%0A"),
    ],
)
def test_a_query_is_added_to_an_address(to: str, query: str, whole: str) -> None:
    request = RequestFactory().get("/")
    request.META["QUERY_STRING"] = query
    assert with_query(to, request) == whole


def test_from_a_newsletter(magazine: Magazine, client: Client) -> None:
    address = reverse("newsletter_link", args=[passes.issue(magazine.article("reef").uuid, "x")])
    assert leads_to(client, f"{address}?{UTM}") == f"/world/reef/?{UTM}"


def test_from_a_gift(magazine: Magazine, ada: Person, yearly: Price, client: Client) -> None:
    subscribe(ada, yearly)
    link = GiftLink.objects.give(ada, magazine.article("reef").uuid)
    address = reverse("gift", args=[link.token]) + f"?{UTM}"
    assert f'action="{address}"' in client.get(address).text
    assert leads_to(client, address, post=True) == f"/world/reef/?{UTM}#gift"
    assert leads_to(signed_in(ada), address) == f"/world/reef/?{UTM}"


def test_to_the_edition_of_an_article(magazine: Magazine, client: Client) -> None:
    foundry = magazine.article("foundry", "uk").uuid
    assert leads_to(client, f"/read/{foundry}?{UTM}") == f"/uk/read/{foundry}?{UTM}"
    assert leads_to(client, f"/read/{foundry}?{UTM}", post=True) == f"/uk/read/{foundry}?{UTM}"


def test_from_a_wall_that_is_open(magazine: Magazine, client: Client) -> None:
    assert leads_to(client, f"/read/{magazine.free.uuid}?{UTM}") == f"{magazine.free.url}?{UTM}"


def test_to_the_edition_in_which_something_is_sold(magazine: Magazine, yearly: Price, client: Client) -> None:
    here = reverse("checkout", args=[yearly.pk])
    assert leads_to(client, f"/uk{here}?offer=spring&{UTM}") == f"{here}?offer=spring&{UTM}"


def test_to_sign_in_and_back(magazine: Magazine, client: Client) -> None:
    assert leads_to(client, f"/account/start/?{UTM}") == f"/account/sign-in/?{UTM}"
    give = reverse("give", args=[magazine.article("reef").uuid])
    assert leads_to(client, f"{give}?{UTM}") == f"/account/sign-in/?next={give}%3F{UTM.replace('=', '%3D')}"


@pytest.mark.parametrize(
    ("asked", "answer"),
    [
        ("/?p=123", "/world/reef/"),
        ("/?p=123&utm_source=letter", "/world/reef/?utm_source=letter"),
        ("/?name=%C3%A9t%C3%A9", "/world/reef/"),
        ("/?page_id=4&lang=de", "/world/reef/"),
        ("/uk/?cat=3", "/world/reef/"),
        ("/?p=124", ""),
        ("/?utm_source=letter", ""),
    ],
)
def test_from_an_old_address_with_a_query(
    magazine: Magazine, client: Client, asked: str, answer: str
) -> None:
    for old in ("/?p=123", "/?name=été", "/?lang=de&page_id=4", "/uk?cat=3"):
        Redirect.add_redirect(old, redirect_to="/world/reef/")
    response = client.get(asked)
    if answer:
        assert (response.status_code, response["Location"]) == (301, answer)
    else:
        assert response.status_code == 200
