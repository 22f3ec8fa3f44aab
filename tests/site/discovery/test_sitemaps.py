from datetime import timedelta
from xml.etree import ElementTree as ET

import pytest
from django.conf import settings
from django.test import Client

from broadsheet.editorial.models import Article, Edition
from broadsheet.platform import clock
from broadsheet.site.discovery import sitemaps
from tests.magazine import PRINTED, Magazine

SITEMAP = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
NEWS = "{http://www.google.com/schemas/sitemap-news/0.9}"
XHTML = "{http://www.w3.org/1999/xhtml}"


def read(client: Client, address: str) -> ET.Element:
    response = client.get(address.removeprefix(settings.PUBLIC_URL))
    assert response.status_code == 200, address
    assert response.headers["Content-Type"] == "application/xml; charset=utf-8"
    return ET.fromstring(response.content)  # noqa: S314 (our own)


def addresses(root: ET.Element) -> list[str]:
    return [element.text or "" for element in root.iter(f"{SITEMAP}loc")]


def everything(client: Client) -> list[str]:
    return [
        found for part in addresses(read(client, "/sitemap.xml")) for found in addresses(read(client, part))
    ]


def test_every_address_in_the_sitemaps_is_there_once(magazine: Magazine, client: Client) -> None:
    found = everything(client)
    assert len(found) == len(set(found))
    for address in found:
        assert client.get(address.removeprefix(settings.PUBLIC_URL)).status_code == 200, address


def test_a_shared_article_stands_there_under_its_canonical_address(
    magazine: Magazine, client: Client
) -> None:
    found = everything(client)
    assert f"{settings.PUBLIC_URL}/world/harbour/" in found
    assert f"{settings.PUBLIC_URL}/uk/world/harbour/" not in found
    assert f"{settings.PUBLIC_URL}/uk/science/foundry/" in found
    assert not [address for address in found if "almanac" in address], "a draft"


def test_a_months_part_names_what_changed_when(magazine: Magazine, client: Client) -> None:
    root = read(client, "/sitemap/2026-03-1.xml")
    assert [url.findtext(f"{SITEMAP}lastmod") for url in root] == [
        (PRINTED - timedelta(days=days)).isoformat() for days in (1, 0)
    ]


def test_a_month_is_cut_into_parts(
    magazine: Magazine, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = everything(client)
    monkeypatch.setattr(sitemaps, "LENGTH", 2)
    assert f"{settings.PUBLIC_URL}/sitemap/2026-02-5.xml" in addresses(read(client, "/sitemap.xml"))
    assert sorted(everything(client)) == sorted(whole)
    assert client.get("/sitemap/2026-02-6.xml").status_code == 404


def test_a_translation_with_its_own_text_is_named_beside_the_original(
    magazine: Magazine, client: Client
) -> None:
    original = magazine.article("reef")
    copy = original.copy_for_translation(magazine.uk.locale)
    copy.save_revision().publish()
    [url] = [
        url
        for url in read(client, "/sitemap/2026-03-1.xml")
        if url.findtext(f"{SITEMAP}loc").endswith("reef/")
    ]
    links = {link.attrib["hreflang"]: link.attrib["href"] for link in url.findall(f"{XHTML}link")}
    assert links == {
        "en-US": f"{settings.PUBLIC_URL}/world/reef/",
        "en-GB": f"{settings.PUBLIC_URL}/uk/world/reef/",
        "x-default": f"{settings.PUBLIC_URL}/world/reef/",
    }


@pytest.mark.parametrize("part", ["2026-13-1", "2026-03-0", "2026-03-2", "1999-01-1", "2026-3-1", "2026-03"])
def test_parts_that_are_not_there(magazine: Magazine, client: Client, part: str) -> None:
    assert client.get(f"/sitemap/{part}.xml").status_code == 404


def test_the_news_sitemap_tells_of_two_days(magazine: Magazine, client: Client) -> None:
    now = clock.now()
    magazine.publish("fresh", at=now - timedelta(hours=47, minutes=59))
    magazine.publish("stale", at=now - timedelta(hours=48, minutes=1))
    root = read(client, "/news-sitemap.xml")
    assert [news.findtext(f"{NEWS}title") for news in root.iter(f"{NEWS}news")] == ["Fresh"]
    assert root.findtext(f".//{NEWS}name") == "The Meridian"
    assert root.findtext(f".//{NEWS}language") == "en"


def test_without_news_the_news_sitemap_has_the_newest_article(magazine: Magazine, client: Client) -> None:
    root = read(client, "/news-sitemap.xml")
    assert addresses(root) == [f"{settings.PUBLIC_URL}/world/harbour/"]
    assert not list(root.iter(f"{NEWS}news"))


def test_no_sitemap_is_ever_empty(magazine: Magazine, client: Client) -> None:
    """Of an edition that only shows what another one wrote there is no sitemap of news."""
    for article in Article.objects.descendant_of(magazine.uk).originals():
        article.unpublish()
    assert client.get("/uk/news-sitemap.xml").status_code == 404
    named = [
        line.removeprefix("Sitemap: ")
        for line in client.get("/robots.txt").text.splitlines()
        if "Sitemap" in line
    ]
    assert f"{settings.PUBLIC_URL}/news-sitemap.xml" in named
    assert f"{settings.PUBLIC_URL}/uk/news-sitemap.xml" not in named
    for address in [*named, *addresses(read(client, "/sitemap.xml"))]:
        assert addresses(read(client, address)), address


@pytest.mark.parametrize("character", ["\x07", "\x0b", "\x0c", "\ufffe"])
def test_a_headline_that_was_never_cleaned_leaves_sitemaps_well_formed(
    magazine: Magazine, client: Client, character: str
) -> None:
    fresh = magazine.publish("fresh", at=clock.now())
    Article.objects.filter(pk=fresh.pk).update(title=f"Fre{character}sh")
    assert read(client, "/news-sitemap.xml").findtext(f".//{NEWS}title") == "Fresh"


def test_robots_are_told_where_the_sitemaps_are(magazine: Magazine, client: Client) -> None:
    response = client.get("/robots.txt")
    assert response.headers["Content-Type"] == "text/plain; charset=utf-8"
    lines = response.text.splitlines()
    for path in ("/desk/", "/account/", "/preview/", "/search/", "/read/", "/uk/search/", "/uk/read/"):
        assert f"Disallow: {path}" in lines
    named = [line.removeprefix("Sitemap: ") for line in lines if line.startswith("Sitemap: ")]
    assert len(named) == 1 + Edition.objects.count()
    for address in named:
        read(client, address)
