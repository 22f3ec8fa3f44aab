"""What a page tells search engines and whoever shows a link to it."""

import json
from html.parser import HTMLParser
from typing import Any
from urllib.parse import unquote

import pytest
from django.conf import settings
from django.test import Client
from django.urls import resolve

from broadsheet.editorial.media.renditions import is_signed
from broadsheet.editorial.models import Article, Publication
from broadsheet.site.discovery import listings
from tests.cast import signed_in
from tests.evidence import made
from tests.magazine import Magazine, make_picture

# The same on any database.
pytestmark = pytest.mark.sqlite


class _Page(HTMLParser):
    def __init__(self, text: str) -> None:
        super().__init__()
        self.links: list[dict[str, str]] = []
        self.metas: dict[str, list[str]] = {}
        self.data: list[str] = []
        self.classes: set[str] = set()
        self._in_data = False
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        self.classes.update(values.get("class", "").split())
        if tag == "link":
            self.links.append(values)
        elif tag == "meta":
            name = values.get("property") or values.get("name", "")
            self.metas.setdefault(name, []).append(values.get("content", ""))
        self._in_data = values.get("type") == "application/ld+json"
        if self._in_data:
            self.data.append("")

    def handle_data(self, data: str) -> None:
        if self._in_data:
            self.data[-1] += data

    def handle_endtag(self, tag: str) -> None:
        self._in_data = False

    def link(self, rel: str) -> str:
        [found] = [link["href"] for link in self.links if link.get("rel") == rel]
        return found

    def alternates(self) -> dict[str, str]:
        return {link["hreflang"]: link["href"] for link in self.links if "hreflang" in link}

    def nodes(self, kind: str) -> list[dict[str, Any]]:
        graph = [node for text in self.data for node in json.loads(text)["@graph"]]
        return [node for node in graph if kind in (node["@type"], *node["@type"])]

    def article(self) -> dict[str, Any]:
        [found] = self.nodes("NewsArticle")
        return found


def look(client: Client, address: str) -> _Page:
    response = client.get(address)
    assert response.status_code == 200
    return _Page(response.text)


def at(path: str) -> str:
    return f"{settings.PUBLIC_URL}{path}"


# --- Canonical and alternate addresses -----------------------------------------------------------------


@pytest.mark.parametrize(
    ("address", "canonical"),
    [
        ("/", "/"),
        ("/uk/", "/uk/"),
        ("/world/", "/world/"),
        ("/about/", "/about/"),
        ("/world/harbour/", "/world/harbour/"),
        ("/uk/world/harbour/", "/world/harbour/"),
        ("/uk/science/foundry/", "/uk/science/foundry/"),
        ("/authors/nell-abernathy/", "/authors/nell-abernathy/"),
        ("/uk/topics/oceans/", "/uk/topics/oceans/"),
        ("/topics/oceans/?page=1", "/topics/oceans/"),
        ("/archive/2026/02/", "/archive/2026/02/"),
    ],
)
def test_a_page_has_one_canonical_address(
    magazine: Magazine, client: Client, address: str, canonical: str
) -> None:
    page = look(client, address)
    assert page.link("canonical") == at(canonical)
    assert page.metas["og:url"] == [at(canonical)]


@pytest.mark.parametrize(
    "path", ["/", "/world/", "/about/", "/topics/oceans/", "/authors/nell-abernathy/", "/archive/"]
)
def test_both_editions_name_each_other(magazine: Magazine, client: Client, path: str) -> None:
    both = {"en-US": at(path), "en-GB": at(f"/uk{path}"), "x-default": at(path)}
    for prefix in ("", "/uk"):
        assert look(client, f"{prefix}{path}").alternates() == both


def test_a_shared_article_has_no_alternates(magazine: Magazine, client: Client) -> None:
    """They would contradict its canonical address: it is one text."""
    assert look(client, "/uk/world/harbour/").alternates() == {}
    assert look(client, "/world/harbour/").alternates() == {}


def test_a_translation_with_its_own_text_is_canonical_itself(magazine: Magazine, client: Client) -> None:
    magazine.article("reef").copy_for_translation(magazine.uk.locale).save_revision().publish()
    page = look(client, "/uk/world/reef/")
    assert page.link("canonical") == at("/uk/world/reef/")
    assert page.alternates() == look(client, "/world/reef/").alternates()
    assert page.alternates()["en-GB"] == at("/uk/world/reef/")


def test_long_lists_name_the_pages_before_and_after(
    magazine: Magazine, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(listings, "PAGE_LENGTH", 7)
    first, second = look(client, "/authors/nell-abernathy/"), look(client, "/authors/nell-abernathy/?page=2")
    assert first.link("next") == second.link("canonical") == at("/authors/nell-abernathy/?page=2")
    assert second.link("prev") == first.link("canonical") == at("/authors/nell-abernathy/")


def test_pages_lead_to_their_feeds(magazine: Magazine, client: Client) -> None:
    for address, place in (("/", "/"), ("/uk/world/", "/uk/world/"), ("/world/harbour/", "/world/")):
        feeds = [link["href"] for link in look(client, address).links if "feed/" in link["href"]]
        assert feeds == [at(f"{place}feed/{name}") for name in ("rss.xml", "atom.xml", "feed.json")]
        for feed in feeds:
            assert client.get(feed.removeprefix(settings.PUBLIC_URL)).status_code == 200


# --- Open Graph ----------------------------------------------------------------------------------------


def test_a_shared_link_shows_headline_standfirst_and_picture(magazine: Magazine, client: Client) -> None:
    article = magazine.article("harbour")
    article.picture = make_picture("a wide harbour")
    article.save()
    metas = look(client, "/world/harbour/").metas
    assert metas["og:type"] == ["article"]
    assert metas["og:title"] == ["Harbour"]
    assert metas["og:description"] == metas["description"] == ["The standfirst of harbour."]
    assert metas["og:locale"] == ["en_US"]
    assert metas["og:site_name"] == ["The Meridian"]
    assert metas["og:image:alt"] == ["A plain view of a wide harbour"]
    assert metas["twitter:card"] == ["summary_large_image"]
    assert metas["article:section"] == ["World"]
    assert metas["article:tag"] == ["Oceans"]
    assert metas["article:published_time"][0].startswith("2026-03-02T")
    picture = resolve(unquote(metas["og:image"][0].removeprefix(settings.PUBLIC_URL)))
    assert is_signed(**picture.kwargs)
    width, height = int(metas["og:image:width"][0]), int(metas["og:image:height"][0])
    assert width / height == pytest.approx(1200 / 630, rel=0.01)


@pytest.mark.parametrize(
    ("path", "shown"),
    [
        ("/", "the masthead"),
        ("/world/", "harbour at low water"),
        ("/world/harbour/", "harbour at low water"),
        ("/world/reef/", "the masthead"),
        ("/topics/oceans/", "harbour at low water"),
        ("/authors/nell-abernathy/", "harbour at low water"),
        ("/authors/samuel-osei/", "the masthead"),
        ("/science/", "the masthead"),
        ("/about/", "the masthead"),
        ("/archive/", "the masthead"),
        ("/archive/2026/03/", "harbour at low water"),
        ("/subscribe/", "the masthead"),
        ("/gift/", "the masthead"),
        ("/donate/", "the masthead"),
    ],
)
def test_every_page_has_a_picture_to_be_shared_with(
    magazine: Magazine, client: Client, yearly: Any, path: str, shown: str
) -> None:
    publication = Publication.load()
    publication.share_picture = make_picture("the masthead")
    publication.save()
    metas = look(client, path).metas
    assert metas["og:image:alt"] == [f"A plain view of {shown}"]
    assert metas["twitter:card"] == ["summary_large_image"]


def test_an_article_without_a_picture_has_a_plain_card(magazine: Magazine, client: Client) -> None:
    metas = look(client, "/world/reef/").metas
    assert metas["twitter:card"] == ["summary"]
    assert "og:image" not in metas


# --- schema.org ----------------------------------------------------------------------------------------


def test_a_metered_article_says_what_is_not_free(magazine: Magazine, client: Client) -> None:
    page = look(client, "/world/harbour/")
    article = page.article()
    assert article["isAccessibleForFree"] is False
    assert article["hasPart"] == {
        "@type": "WebPageElement",
        "isAccessibleForFree": False,
        "cssSelector": ".paywalled",
    }
    assert "paywalled" in page.classes
    assert article["headline"] == "Harbour"
    assert article["description"] == "The standfirst of harbour."
    assert article["author"][0]["name"] == "Nell Abernathy"
    assert article["author"][0]["url"] == at("/authors/nell-abernathy/")
    assert article["publisher"]["@type"] == "NewsMediaOrganization"
    assert article["datePublished"].startswith("2026-03-02T06:00:00")
    assert article["inLanguage"] == "en-US"
    assert article["articleSection"] == "World"
    assert article["image"][0]["creditText"] == "Ilse Marr / The Meridian"


def test_the_marked_part_is_there_for_who_may_read_it(magazine: Magazine, bruno: Any) -> None:
    page = look(signed_in(bruno), "/world/harbour/")
    assert "paywalled" in page.classes
    assert page.article()["isAccessibleForFree"] is False


def test_a_free_article_says_so(magazine: Magazine, client: Client) -> None:
    article = look(client, "/good-news/swifts/").article()
    assert article["isAccessibleForFree"] is True
    assert "hasPart" not in article


def test_the_kind_is_named_precisely(magazine: Magazine, client: Client) -> None:
    assert look(client, "/ideas/index/").article()["@type"] == ["NewsArticle", "OpinionNewsArticle"]
    assert look(client, "/world/reef/").article()["@type"] == "NewsArticle"


def test_corrections_are_named(magazine: Magazine, client: Client) -> None:
    magazine.article("reef").correct("The reef has a lighthouse.")
    [note] = look(client, "/world/reef/").article()["correction"]
    assert note["text"] == "The reef has a lighthouse."


def test_sources_are_named_only_as_far_as_the_text_is_shown(
    magazine: Magazine, client: Client, bruno: Any
) -> None:
    def quotation(source: str) -> dict[str, Any]:
        return made.quotation(f"Words of {source}.", source=made.source(source).pk)

    paragraph = {"type": "text", "value": "<p>A paragraph.</p>"}
    wall = {"type": "wall", "value": None}
    magazine.publish("sourced", body=[paragraph, quotation("Above"), wall, quotation("Below"), paragraph])
    public = [source["name"] for source in look(client, "/world/sourced/").article()["citation"]]
    full = [source["name"] for source in look(signed_in(bruno), "/world/sourced/").article()["citation"]]
    assert (public, full) == (["Above"], ["Above", "Below"])


def test_quotations_are_data_only_as_far_as_the_text_is_shown(
    magazine: Magazine, client: Client, bruno: Any
) -> None:
    said = made.quotation("It rained all day.", said_on="2026-02-27")
    below = made.quotation("It snowed all night.")
    paragraph, wall = {"type": "text", "value": "<p>A paragraph.</p>"}, {"type": "wall", "value": None}
    magazine.publish("quoted", body=[paragraph, said, wall, below, paragraph])

    def quoted(reader: Client) -> list[dict[str, Any]]:
        graph = [node for text in look(reader, "/world/quoted/").data for node in json.loads(text)["@graph"]]
        return [node for node in graph if node["@type"] == "Quotation"]

    first, second = quoted(signed_in(bruno))
    assert quoted(client) == [first]
    assert (first["text"], second["text"]) == ("It rained all day.", "It snowed all night.")
    assert first["dateCreated"] == "2026-02-27"
    assert first["creator"] == {
        "@type": "Person",
        "name": "Ada Marsh",
        "url": "http://localhost:8000/speakers/ada-marsh/",
    }
    assert first["isPartOf"]["@id"].endswith("/world/quoted/#article")


@pytest.mark.parametrize(
    "text", ["</script><script>alert(1)</script>", "<!--<script>", "&lt;b&gt; & \u2028 \"'"]
)
def test_no_text_ends_the_data(magazine: Magazine, client: Client, text: str) -> None:
    magazine.publish("breakout", title=f"Title {text}", standfirst=text)
    page = look(client, "/world/breakout/")
    assert page.article()["headline"] == f"Title {text}"
    assert page.article()["description"] == text
    assert page.metas["og:title"] == [f"Title {text}"]
    assert "alert(1)</script>" not in client.get("/world/breakout/").text


def test_the_front_names_the_publication_and_its_policies(magazine: Magazine, client: Client) -> None:
    page = look(client, "/uk/")
    [publication] = page.nodes("NewsMediaOrganization")
    assert publication["ownershipFundingInfo"] == at("/uk/about/")
    [site] = page.nodes("WebSite")
    assert site["potentialAction"]["target"] == at("/uk/search/?q={search_term_string}")


def test_an_author_is_one_person_in_both_editions(magazine: Magazine, client: Client) -> None:
    found = [
        look(client, f"{p}/authors/nell-abernathy/").nodes("ProfilePage")[0]["mainEntity"]
        for p in ("", "/uk")
    ]
    assert found[0] == found[1]
    assert found[0]["jobTitle"] == "Correspondent"


def test_a_preview_at_the_desk_needs_no_head(magazine: Magazine, carla: Any) -> None:
    article = Article.objects.get(pk=magazine.draft.pk)
    response = article.make_preview_request(preview_mode=article.default_preview_mode)
    assert response.status_code == 200
    assert b"application/ld+json" not in response.content
