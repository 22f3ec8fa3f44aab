"""What the demo leaves for the desk to mend."""

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

from broadsheet.demo import content
from broadsheet.demo.register import Register
from broadsheet.desk.newsroom.evidence.merging import duplicates
from broadsheet.evidence.models import Source
from broadsheet.platform import clock


def test_a_dead_link_and_a_speaker_entered_twice_are_there_to_be_mended(db: None) -> None:
    register = Register({})
    for link in [link for link, about in content.load("sources").items() if "dead_for_days" in about]:
        register.source("A news agency", link)
    register.speaker("Stamatios Krimigis", "person")
    register.enter_the_rest(clock.now())
    dead = Source.objects.get(link_state=Source.LinkState.DEAD)
    assert dead.link_answer == "It answers 404."
    assert [sorted(row.name for row in pair.rows) for pair in duplicates()] == [
        ["S. Krimigis", "Stamatios Krimigis"]
    ]


def test_each_source_that_more_is_known_of_is_named_by_an_article() -> None:
    text = "".join(str(article["body"]) for article in content.articles())
    assert [link for link in content.load("sources") if link not in text] == []


WHOLE_SITES = {
    "https://estoniaevoting.org/",  # one report
    "https://ozonewatch.gsfc.nasa.gov/",
    "https://seedvault.nordgen.org/",
    "https://www.4dayweek.co.uk/",  # a campaign, for what it stands for
}
"""Which are the document themselves."""


def test_what_is_cited_is_a_document_and_no_publishers_front_page() -> None:
    cited = {source["source_url"] for article in content.articles() for source in sources_in(article["body"])}
    assert {link for link in cited if not urlsplit(link).path.strip("/")} <= WHOLE_SITES
    assert cited >= WHOLE_SITES


def sources_in(part: Any) -> Iterator[dict[str, str]]:
    match part:
        case {"source": _, "source_url": _}:
            yield part
        case dict():
            part = list(part.values())
    if isinstance(part, list):
        for child in part:
            yield from sources_in(child)
