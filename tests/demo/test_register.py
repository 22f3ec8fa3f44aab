"""What the demo leaves for the desk to mend."""

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
