from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from broadsheet.site.search import finding, pages
from broadsheet.site.search.asking import MOST_WORDS, Asked
from tests.evidence import made
from tests.magazine import PRINTED, Magazine, text_block


def found(client: Client, query: str, prefix: str = "") -> list[str]:
    response = client.get(f"{prefix}/search/", {"q": query})
    assert response.status_code == 200
    return [article.slug for article in response.context["articles"]]


def test_finds_headlines_standfirsts_and_openings(magazine: Magazine, client: Client) -> None:
    assert found(client, "Lantern") == ["lantern"]
    assert found(client, "standfirst of quarry") == ["quarry"]


def test_finds_what_the_edition_has(magazine: Magazine, client: Client) -> None:
    assert found(client, "foundry") == []
    assert found(client, "foundry", "/uk") == ["foundry"]
    assert found(client, "lantern", "/uk") == []
    assert found(client, "harbour", "/uk") == ["harbour"]


@pytest.mark.parametrize("query", ["Covid-19", "after covid-19 came", "F-16 sale", "well-known", "O'Brien"])
def test_finds_hyphened_words_whole(magazine: Magazine, client: Client, query: str) -> None:
    magazine.publish("plague", standfirst="After Covid-19 came the well-known F-16 sale, says O'Brien.")
    assert "plague" in found(client, query)


def test_finds_no_draft(magazine: Magazine, client: Client) -> None:
    assert found(client, "almanac") == []


@pytest.mark.parametrize(
    "query",
    [
        "",
        "   ",
        '"',
        '"tide went out',
        "tide AND (",
        "NOT",
        "tide OR -",
        "it's",
        "o'clock '' \\",
        "title:tide*",
        "{body}:tide",
        "100% %s %(x)s",
        "\x00tide\x00",
        "🙂",
        "— – …",
        "<script>alert(1)</script>",
        "ŝtono ﷺ ١٢٣",
        "tide " * 3_000,
        "x" * 20_000,
    ],
)
def test_answers_any_query(magazine: Magazine, client: Client, query: str) -> None:
    response = client.get("/search/", {"q": query})
    assert response.status_code == 200
    assert "<script>alert" not in response.text


def test_answers_a_query_in_no_known_encoding(magazine: Magazine, client: Client) -> None:
    assert client.get("/search/?q=%ff%fe%00").status_code == 200


def test_looks_for_a_bounded_number_of_words() -> None:
    assert len(Asked.of("a " * 100, "en").parts) == MOST_WORDS


def test_pages_beyond_the_last_are_not_there(magazine: Magazine, client: Client) -> None:
    assert client.get("/search/", {"q": "tide", "page": "2"}).status_code == 404
    assert client.get("/search/", {"q": "tide", "page": "x"}).status_code == 404


@pytest.mark.parametrize(("order", "last"), [("best", "Look further with"), ("new", "There may be more")])
def test_of_frequent_words_no_more_is_looked_at_than_can_be_ranked(
    magazine: Magazine, client: Client, monkeypatch: pytest.MonkeyPatch, order: str, last: str
) -> None:
    monkeypatch.setattr(finding, "MOST_RANKED", 4)
    monkeypatch.setattr(finding, "MOST_LISTED", 5)
    monkeypatch.setattr(pages, "PAGE_LENGTH", 3)
    headlines = ["A corniche", "Nothing new", "Still nothing", "Nothing again", "Nothing at all", "No end"]
    for number, headline in enumerate(headlines):
        published = PRINTED + timedelta(days=number)
        opening = {"type": "text", "value": "<p>Along the corniche.</p>"}
        text: dict[str, Any] = {"body": [opening, {"type": "wall", "value": None}, text_block("c", number)]}
        if number == 1:
            text["standfirst"] = "On the corniche."
        magazine.publish(f"c{number}", at=published, title=headline, **text)
    slugs = {
        "best": [["c0", "c1", "c5"], ["c4"]],
        "new": [["c5", "c4", "c3"], ["c2", "c1"]],
    }[order]
    for number, expected in enumerate(slugs, start=1):
        response = client.get("/search/", {"q": "corniche", "sort": order, "page": number})
        assert [article.slug for article in response.context["articles"]] == expected
        assert "More than 4 articles in the" in response.text
        assert (last in response.text) == (number == len(slugs))
    assert client.get("/search/", {"q": "corniche", "sort": order, "page": 3}).status_code == 404


def test_is_kept_out_of_other_search_engines(magazine: Magazine, client: Client) -> None:
    response = client.get("/search/", {"q": "tide"})
    assert response.headers["X-Robots-Tag"] == "noindex"
    assert '<meta name="robots" content="noindex">' in response.text


def test_quotations_and_speakers_are_found_where_they_are_public(magazine: Magazine, client: Client) -> None:
    body = [
        {"type": "text", "value": "<p>It was a day at sea.</p>"},
        made.quotation("The mizzen was carried away.", "Ada Marsh"),
        {"type": "wall", "value": None},
        {"type": "text", "value": "<p>It was a night at sea.</p>"},
        made.quotation("The foremast was carried away.", "Ned Lowe"),
    ]
    magazine.publish("gale", body=body)
    assert found(client, "mizzen") == found(client, "Ada Marsh") == ["gale"]
    assert found(client, "foremast") == found(client, "Ned Lowe") == []
