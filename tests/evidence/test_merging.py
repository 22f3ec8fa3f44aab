import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from broadsheet.evidence.models import Citation, Fact, Position, Quotation, Source, Speaker, SpeakerRole
from broadsheet.evidence.names import link_key, name_key, normal_link
from tests.evidence import made
from tests.magazine import Magazine


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("https://www.who.int/a/", "http://who.int/a"),
        ("https://WHO.int/a?utm_source=x&b=1", "https://who.int/a?b=1"),
        ("https://who.int:443/a#top", "https://who.int/a"),
    ],
)
def test_links_to_one_page_are_found_to_be_the_same(one: str, other: str) -> None:
    assert link_key(one) == link_key(other)


def test_a_link_is_kept_as_it_leads_without_what_tracks() -> None:
    assert normal_link("HTTPS://Who.INT/A%20b?q=a+b&id=7#x") == "https://who.int/A%20b?q=a+b&id=7"
    assert normal_link("https://a.example/?fbclid=1&x=y") == "https://a.example/?x=y"
    assert link_key("https://a.example/x") != link_key("https://a.example/X")


def test_namesakes_are_found_whatever_their_accents_and_titles() -> None:
    assert name_key("Dr. José Núñez") == name_key("jose NUNEZ") == "jose nunez"
    assert name_key("The") == "the"


def test_a_source_is_entered_once(db: None) -> None:
    found = made.source("WHO", link="https://www.who.int/a/?utm_source=feed")
    assert found.link == "https://www.who.int/a/"
    assert Source.objects.at("http://who.int/a") == found
    with pytest.raises(IntegrityError), transaction.atomic():
        Source.objects.create(outlet="WHO", link="http://who.int/a")


def test_two_speakers_of_one_name_have_addresses_of_their_own(db: None) -> None:
    slugs = [Speaker.objects.create(name="John Smith").slug for _ in range(3)]
    assert slugs == ["john-smith", "john-smith-2", "john-smith-3"]
    assert Speaker.objects.create(name="中村").slug == "speaker"


def test_merged_entries_hand_over_all_that_rests_on_them(magazine: Magazine) -> None:
    wrong, right = made.speaker("Vladimir Poutine"), made.speaker("Vladimir Putin")
    SpeakerRole.objects.create(speaker=wrong, role="President of Russia", begins="2012-05-07")
    first, second = made.source("SANA"), made.source("Syrian Arab News Agency")
    here = [
        made.quotation("It rained all day.", wrong.name, source=first.pk),
        made.facts("It rained.", sources=[made.item(first.pk), made.item(second.pk)]),
        made.perspectives((wrong.name, "It rains.", ""), ("The town", "It snows.", "")),
    ]
    magazine.publish("weather", body=here)
    wrong.merge_into(right)
    first.merge_into(second)
    assert Quotation.objects.get().speaker == right
    assert Quotation.objects.get().source == second
    assert list(Fact.objects.get().sources.all()) == [second]
    assert set(Position.objects.values_list("holder__name", flat=True)) == {right.name, "The town"}
    assert not Citation.objects.filter(source=first).exists()
    assert [role.role for role in right.roles.all()] == ["President of Russia"]
    # Published again, from a body that still names the merged rows.
    magazine.article("weather").save_revision().publish()
    assert Quotation.objects.get().speaker == right
    assert list(Fact.objects.get().sources.all()) == [second]


def test_the_way_to_what_a_row_was_merged_into_is_one_step(db: None) -> None:
    a, b, c = (made.speaker(name) for name in "ABC")
    a.merge_into(b)
    b.merge_into(c)
    assert {row.current for row in Speaker.objects.all()} == {c}
    for refused in [(a, c), (c, a), (c, c)]:
        with pytest.raises(ValidationError):
            refused[0].merge_into(refused[1])


def test_what_something_rests_on_is_not_deleted(magazine: Magazine) -> None:
    magazine.publish("weather", body=[made.quotation("It rained all day.")])
    for row in (made.speaker(), made.source()):
        with pytest.raises(IntegrityError), transaction.atomic():
            row.delete()
