"""What keeps an article with evidence from being published, and what the desk only warns of."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse

from broadsheet.editorial.models import Article, NotReadyError
from broadsheet.evidence.link_check import due, try_links
from broadsheet.evidence.models import Citation, Quotation, Source, Speaker
from broadsheet.platform import clock
from tests.cast import signed_in
from tests.evidence import made
from tests.magazine import Magazine, make_picture, text_block


def faults_of(article: Article) -> list[str]:
    try:
        article.save_revision().publish()
    except NotReadyError as error:
        return error.messages
    return []


@pytest.mark.parametrize(
    ("block", "said"),
    [
        (lambda: made.quotation("It rained.", source=None), "The quotation “It rained.” has no source."),
        (lambda: made.quotation("It rained.", speaker=None), "The quotation “It rained.” has no speaker."),
        (lambda: made.facts("It rained.", sources=[]), "Fact 1 (“It rained.”) has no source."),
        (
            lambda: made.facts("It rained.", as_of=None),
            "Fact 1 (“It rained.”) has no date as of which it holds.",
        ),
        (
            lambda: made.perspectives(("The port", "Yes.", ""), question="Rain?"),
            "The perspectives on “Rain?” have one side only. Two at least are needed.",
        ),
    ],
)
def test_a_gap_in_the_evidence_is_named(magazine: Magazine, block: Any, said: str) -> None:
    article = magazine.write("weather", body=[text_block("weather", 1), block()])
    assert faults_of(article) == [said]
    assert not Article.objects.get(pk=article.pk).live


def test_all_that_is_missing_is_one_list_with_a_link_to_each_place(magazine: Magazine, carla: Any) -> None:
    fog = make_picture("fog", credit="")
    shown = {"image": fog.pk, "caption": "", "alt": "", "width": "text"}
    body = [
        made.quotation("It rained.", source=None, key="5f1c2a00-0000-4000-8000-000000000001"),
        made.block("picture", shown, "5f1c2a00-0000-4000-8000-000000000002"),
    ]
    article = magazine.write("weather", body=body)
    editor = reverse("wagtailadmin_pages:edit", args=[article.pk])
    page = signed_in(carla).get(editor).text
    assert '<a href="#block-5f1c2a00-0000-4000-8000-000000000001-section">The quotation' in page
    assert '<a href="#block-5f1c2a00-0000-4000-8000-000000000002-section">The picture “fog”' in page


def test_a_contested_term_in_our_own_voice_is_warned_of_and_published(magazine: Magazine, carla: Any) -> None:
    made.term("flood", other_forms="floods, flooding")
    words = "<p>The port says “the flood is over”. The flooding went on.</p>"
    article = magazine.write("weather", body=[{"type": "text", "value": words}])
    (use,) = article.contested_uses()
    assert (use.word, use.before.endswith("over”. The ")) == ("flooding", True)
    page = signed_in(carla).get(reverse("wagtailadmin_pages:edit", args=[article.pk])).text
    assert ">flooding</mark>" in page
    assert "High water above the quay" in page
    assert faults_of(article) == []


@pytest.mark.parametrize(
    "words",
    ["“Flood”, he said.", "The ‘flood’ of it isn’t over.", "A floodlight shone.", '"The flood," she said.'],
)
def test_what_is_quoted_or_another_word_is_not_warned_of(magazine: Magazine, words: str) -> None:
    made.term("flood")
    article = magazine.write("weather", body=[{"type": "text", "value": f"<p>{words}</p>"}])
    assert article.contested_uses() == []


def test_speakers_and_sources_are_entered_where_they_are_chosen(db: None, dev: Any) -> None:
    client = signed_in(dev)
    chooser = Speaker.snippet_viewset.chooser_viewset
    made.speaker("Ada Marsh")
    found = client.get(reverse(chooser.get_url_name("choose_results")), {"q": "marsh"}).text
    assert "Ada Marsh" in found
    assert re.findall(r"<th\b[^>]*>\s*(\w+)", found) == ["Speaker"]
    nobody = client.get(reverse(chooser.get_url_name("choose_results")), {"q": "nobody"}).text
    assert "there are no matches" in nobody
    assert "snippet" not in nobody
    typed = {
        "name": "Ned Lowe",
        "kind": "person",
        "description": "",
    }
    answer = client.post(reverse(chooser.get_url_name("create")), typed)
    assert answer.json()["step"] == "chosen"
    assert Speaker.objects.get(name="Ned Lowe").slug == "ned-lowe"


def test_a_link_that_is_known_leads_to_its_source(db: None, dev: Any) -> None:
    known = made.source("WHO", link="https://www.who.int/a/")
    typed = {"outlet": "World Health Organization", "kind": "report", "link": "http://who.int/a?utm_source=x"}
    chooser = Source.snippet_viewset.chooser_viewset
    answer = signed_in(dev).post(reverse(chooser.get_url_name("create")), typed).json()
    assert answer["result"]["id"] == str(known.pk)
    assert Source.objects.count() == 1


def test_a_merged_entry_is_offered_no_more(db: None, dev: Any) -> None:
    made.speaker("Ada March").merge_into(made.speaker("Ada Marsh"))
    chooser = Speaker.snippet_viewset.chooser_viewset
    page = signed_in(dev).get(reverse(chooser.get_url_name("choose_results"))).text
    assert "Ada Marsh" in page
    assert "Ada March" not in page


def test_duplicates_are_found_and_merged(magazine: Magazine, carla: Any, dev: Any) -> None:
    one, other = made.speaker("Dr. José Núñez"), made.speaker("Jose Nunez")
    made.speaker("Ada Marsh")
    magazine.publish("weather", body=[made.quotation("It rained all day.", one.name)])
    client = signed_in(carla)
    page = client.get(reverse("evidence_duplicates")).text
    assert "José Núñez" in page
    assert "Ada Marsh" not in page
    address = reverse("merge_evidence", args=["speaker", one.pk])
    assert f'href="{address}?into={other.pk}"' in page
    offered = client.get(address, {"into": other.pk}).text
    assert re.search(rf'name="into"[^>]* value="{other.pk}"|value="{other.pk}"[^>]* name="into"', offered)
    assert re.search(r"__sublabel[^>]*>\s*Dr\. José Núñez", offered), (
        "it says beside its title which one goes"
    )
    for nobody in ("", "x", one.pk, "99999999999999999999", "²"):
        assert client.get(address, {"into": nobody}).status_code == 200
    response = client.post(address, {"into": other.pk, "once": "a"}, follow=True)
    assert "Jose Nunez" in response.text
    assert Quotation.objects.get().speaker == other
    again = client.post(address, {"into": other.pk, "once": "b"})
    assert again.status_code == 404 or "merged already" in again.text
    assert signed_in(dev).get(reverse("merge_evidence", args=["speaker", other.pk])).status_code == 302


def test_a_dead_link_is_listed_after_a_second_day(magazine: Magazine, carla: Any) -> None:
    magazine.publish("weather", body=[made.quotation("It rained all day.")])
    source = made.source()
    made.source("Uncited")

    def gone(scheme: str, host: str, port: int | None) -> Any:
        raise OSError("Name or service not known")

    assert due(clock.now()) == [source]
    try_links(due(clock.now()), gone)
    assert due(clock.now()) == []
    assert not Source.objects.dead().exists()
    with clock.moved_to(clock.now() + timedelta(days=2)):
        assert due(clock.now()) == [source]
        try_links(due(clock.now()), gone)
    client = signed_in(carla)
    page = client.get(reverse("dead_sources")).text
    assert "The tide office" in page
    assert "Name or service not known" in page
    assert "1 source whose link is dead" in client.get(reverse("wagtailadmin_home")).text
    source.refresh_from_db()
    source.link = "https://source.example/moved"
    source.save()
    assert not Source.objects.dead().exists()


def test_links_are_tried_a_few_at_a_time_and_each_host_once(magazine: Magazine) -> None:
    sources = [
        made.source(f"Outlet {number}", link=f"https://host-{number // 2}.example/{number}")
        for number in range(8)
    ]
    cited = made.block("further_sources", {"sources": [made.item(source.pk) for source in sources]})
    magazine.publish("weather", body=[text_block("w", 1), cited])
    assert Citation.objects.count() == 8
    hosts = [source.link.split("/")[2] for source in due(clock.now())]
    assert len(hosts) == len(set(hosts)) == 4
