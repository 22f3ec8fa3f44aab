"""What every public response has in common: the same for all, and cheap to ask for again."""

import re

import pytest
from django.conf import settings
from django.test import Client
from wagtail.contrib.redirects.models import Redirect

from broadsheet.editorial.models import Article
from broadsheet.membership.models import Price
from broadsheet.people.models import Person
from tests.cast import signed_in
from tests.magazine import Magazine
from tests.shop import subscribe

ADDRESSES = [
    "/",
    "/uk/",
    "/world/",
    "/about/",
    "/world/harbour/",
    "/good-news/swifts/",
    "/ideas/index/",
    "/authors/nell-abernathy/",
    "/topics/oceans/",
    "/search/",
    "/search/?q=tide",
    "/archive/",
    "/archive/2026/02/",
    "/archive/2026/",
    "/archive/2026/02/28/",
    "/authors/",
    "/topics/",
    "/feeds/",
    "/feed/rss.xml",
    "/world/feed/atom.xml",
    "/topics/oceans/feed/feed.json",
    "/robots.txt",
    "/sitemap.xml",
    "/sitemap/pages.xml",
    "/sitemap/2026-02-1.xml",
    "/news-sitemap.xml",
]
ERRORS = ["/nowhere/", "/world/nowhere/", "/read/not-a-uuid", "/authors/nobody/"]
same_on_any_database = pytest.mark.sqlite
"""Every address is asked for on PostgreSQL too, but not in each of these ways."""


@pytest.mark.parametrize("address", ADDRESSES)
def test_may_be_kept_by_a_cdn(magazine: Magazine, client: Client, address: str) -> None:
    response = client.get(address)
    assert response.status_code == 200
    assert response.headers["Cache-Control"].startswith("public, max-age=0, s-maxage=")


@same_on_any_database
@pytest.mark.parametrize("address", [*ADDRESSES, *ERRORS])
def test_sets_no_cookie_and_varies_with_none(magazine: Magazine, client: Client, address: str) -> None:
    response = client.get(address)
    assert not response.cookies
    assert "Cookie" not in response.headers.get("Vary", "")


@same_on_any_database
@pytest.mark.parametrize("address", [address for address in ADDRESSES if address != "/robots.txt"])
def test_a_cookie_of_ours_makes_it_private(magazine: Magazine, client: Client, address: str) -> None:
    client.cookies["broadsheet_read_x"] = "forged"
    assert client.get(address).headers["Cache-Control"] == "private, no-store"


@pytest.mark.parametrize("address", ADDRESSES)
def test_a_browser_that_has_it_is_told_so(magazine: Magazine, client: Client, address: str) -> None:
    first = client.get(address)
    again = client.get(address, headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["ETag"] == first.headers["ETag"]
    assert again.headers["Cache-Control"] == first.headers["Cache-Control"]
    assert client.get(address, headers={"If-None-Match": '"other"'}).status_code == 200


@same_on_any_database
@pytest.mark.parametrize("address", [*ADDRESSES, *ERRORS])
def test_head_answers_as_get_does_without_the_page(magazine: Magazine, client: Client, address: str) -> None:
    get, head = client.get(address), client.head(address)
    assert head.content == b""
    assert head.status_code == get.status_code
    for name in ("ETag", "Cache-Control", "Content-Type"):
        assert head.headers.get(name) == get.headers.get(name)


@same_on_any_database
@pytest.mark.parametrize("address", ADDRESSES)
@pytest.mark.parametrize("method", ["post", "put", "delete", "patch"])
def test_other_methods_are_refused(magazine: Magazine, client: Client, address: str, method: str) -> None:
    assert getattr(client, method)(address).status_code == 405


@same_on_any_database
@pytest.mark.parametrize("address", ADDRESSES)
def test_query_strings_of_others_change_nothing(magazine: Magazine, client: Client, address: str) -> None:
    joint = "&" if "?" in address else "?"
    plain = client.get(address)
    decorated = client.get(f"{address}{joint}utm_source=x&fbclid=%00%ff&print=1")
    assert decorated.content == plain.content


@same_on_any_database
@pytest.mark.parametrize("address", ADDRESSES)
def test_the_host_header_changes_nothing(magazine: Magazine, client: Client, address: str) -> None:
    plain = client.get(address)
    # Both are allowed in development; neither is the configured address.
    other = client.get(address, headers={"Host": "127.0.0.1:9999", "X-Forwarded-Host": "evil.example"})
    assert other.content == plain.content
    assert client.get(address, headers={"Host": "evil.example"}).status_code == 400


def test_absolute_addresses_are_the_configured_one(magazine: Magazine, client: Client) -> None:
    for address in ("/sitemap.xml", "/feed/atom.xml", "/robots.txt"):
        assert settings.PUBLIC_URL in client.get(address).text


@same_on_any_database
@pytest.mark.parametrize("address", ["/", "/world/harbour/", "/account/"])
def test_a_wrong_host_is_refused_whoever_asks(magazine: Magazine, client: Client, address: str) -> None:
    client.cookies[settings.SESSION_COOKIE_NAME] = "anybodys"
    response = client.get(address, headers={"Host": "evil.example"})
    assert response.status_code == 400
    assert response.headers["Cache-Control"] == "private, no-store"


@pytest.mark.parametrize("address", ["/%00/", "/preview/%00/", "/uk/search/%00", "/read/%00"])
def test_a_nul_in_an_address_is_refused(magazine: Magazine, client: Client, address: str) -> None:
    assert client.get(address).status_code == 400


def test_a_nul_in_a_cookie_is_refused(magazine: Magazine, client: Client) -> None:
    cookie = f'{settings.SESSION_COOKIE_NAME}="\\000{"a" * 31}"'
    assert client.get("/account/", headers={"Cookie": cookie}).status_code == 400


# --- What is not there -------------------------------------------------------------------------------


def test_an_unknown_address_is_not_found(magazine: Magazine, client: Client) -> None:
    assert client.get("/world/never-was/").status_code == 404


def test_a_draft_was_never_there(magazine: Magazine, client: Client) -> None:
    assert client.get("/science/almanac/").status_code == 404


def test_a_withdrawn_article_is_gone(magazine: Magazine, client: Client) -> None:
    magazine.article("harbour").unpublish()
    for address in ("/world/harbour/", "/uk/world/harbour/"):
        response = client.get(address)
        assert response.status_code == 410
        assert "withdrawn" in response.text
        assert "Harbour" not in response.text


def test_an_expired_article_is_gone(magazine: Magazine, client: Client) -> None:
    magazine.article("reef").unpublish(set_expired=True)
    assert client.get("/world/reef/").status_code == 410


def test_a_redirect_leads_on_from_what_was_withdrawn(magazine: Magazine, client: Client) -> None:
    magazine.article("reef").unpublish()
    Redirect.objects.create(old_path="/world/reef", redirect_page=magazine.article("harbour"))
    response = client.get("/world/reef/")
    assert (response.status_code, response.headers["Location"]) == (301, "/world/harbour/")


def test_what_comes_back_is_there_again(magazine: Magazine, client: Client) -> None:
    article = magazine.article("reef")
    article.unpublish()
    article.save_revision().publish()
    assert client.get("/world/reef/").status_code == 200


FRACTION = re.compile(r"\d\d:\d\d:\d\d\.\d+")
"""HTML takes three digits at most, and a database keeps six."""


@pytest.mark.parametrize("address", ADDRESSES)
def test_no_moment_is_written_with_a_fraction_of_a_second(
    magazine: Magazine, client: Client, address: str
) -> None:
    for article in Article.objects.live():
        moments = (article.first_published_at, article.last_published_at)
        first, last = (moment.replace(microsecond=54_346) for moment in moments)
        Article.objects.filter(pk=article.pk).update(first_published_at=first, last_published_at=last)
    assert not FRACTION.findall(client.get(address).text)


def test_nor_is_one_on_the_account_page(magazine: Magazine, ada: Person, yearly: Price) -> None:
    client = signed_in(ada)
    subscribe(ada, yearly)
    client.post(f"/read/{magazine.article('harbour').uuid}")
    page = client.get("/account/").text
    assert "<time" in page
    assert not FRACTION.findall(page)
