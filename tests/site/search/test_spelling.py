"""What readers mistype, in a magazine that writes these words in so many articles."""

import pytest

from broadsheet.site.search.asking import Asked
from broadsheet.site.search.models import SearchWord
from broadsheet.site.search.spelling import guess

WRITTEN = {
    "en": {
        "accommodation": 12, "according": 700, "aleppo": 9, "ballot": 40, "battle": 90, "believe": 300,
        "bicycle": 15, "brexit": 80, "britain": 500, "calendar": 8, "cemetery": 5, "climate": 260,
        "committee": 120, "deaf": 11, "embarrassed": 14, "embassy": 30, "emission": 45, "estonia": 12,
        "europe": 640, "february": 210, "foreign": 330, "freight": 20, "fright": 3, "government": 900,
        "hurricane": 25, "immigration": 110, "independent": 150, "inflation": 160, "leaf": 30, "likes": 300,
        "likely": 410, "malaria": 22, "mediterranean": 26, "millennium": 18, "minister": 480, "occurred": 77,
        "parliament": 240, "pharaoh": 4, "philippines": 33, "president": 800, "privilege": 19, "putin": 60,
        "queue": 17, "rain": 70, "read": 600, "really": 350, "reef": 20, "referendum": 66, "republican": 140,
        "rhythm": 6, "russia": 420, "separate": 95, "syria": 75, "tariff": 52, "thread": 31, "train": 88,
        "trump": 390, "ukraine": 370, "voyager": 7, "walrus": 5, "weird": 24, "whale": 29, "zelensky": 58,
    },
    "de": {"zug": 90, "zeitung": 44, "bundestag": 120, "fahrrad": 30, "klima": 200},
    "fr": {"gouvernement": 310, "quartier": 55, "langage": 20, "exemple": 95},
}  # fmt: skip
MEANT = {
    "reaf": "reef",
    "goverment": "government",
    "govenrment": "government",
    "tarrif": "tariff",
    "tarif": "tariff",
    "recieve beleive": "recieve believe",
    "seperate": "separate",
    "comittee": "committee",
    "commitee": "committee",
    "accomodation": "accommodation",
    "embarased": "embarrassed",
    "millenium": "millennium",
    "milennium": "millennium",
    "mediteranean": "mediterranean",
    "phillipines": "philippines",
    "parliment": "parliament",
    "calender": "calendar",
    "cemetary": "cemetery",
    "immigation": "immigration",
    "privelege": "privilege",
    "wierd": "weird",
    "febuary": "february",
    "forien": None,  # two letters away
    "foriegn": "foreign",
    "ukriane": "ukraine",
    "brittain": "britain",
    "presidemt": "president",
    "climare": "climate",
    "trunp": "trump",
    "trmp": "trump",
    "estonai": "estonia",
    "walruss": "walrus",
    "voyagr": "voyager",
    "hurricane inflaton": "hurricane inflation",
    "urkaine": "ukraine",
    "ukrayne": "ukraine",
    "epmbassy": "embassy",
    "erupoe": None,
    "euorpe": "europe",
    "kueue": "queue",
    "publican": None,
    "epublican": "republican",
}
NONE = ["bikes", "bread", "brain", "grain", "iraq", "lead", "trains", "reefs", "fain", "deal", "xyzzy"]
"""Words that are none of these: another that looks like them isn't meant."""
ELSEWHERE = {
    ("de", "bundesstag"): "bundestag",
    ("de", "farrad"): "fahrrad",
    ("fr", "gouvernment"): "gouvernement",
    ("fr", "language"): "langage",
    ("fr", "example"): "exemple",
    ("fr", "auartier"): "quartier",
}


@pytest.fixture(autouse=True)
def words(db: None) -> None:
    SearchWord.objects.bulk_create(
        SearchWord(language=language, word=word, spelling=word, articles=number)
        for language, written in WRITTEN.items()
        for word, number in written.items()
    )


def meant(typed: str, language: str = "en") -> str | None:
    found = guess(Asked.of(typed, language), language)
    return found and found.text


def test_what_was_mistyped_is_guessed() -> None:
    assert {typed: meant(typed) for typed in MEANT} == MEANT
    found = {(language, typed): meant(typed, language) for language, typed in ELSEWHERE}
    assert found == ELSEWHERE


def test_other_words_are_left_as_they_are() -> None:
    assert {typed: meant(typed) for typed in NONE} == dict.fromkeys(NONE)


def test_a_word_that_is_written_here_is_right_where_another_is_not() -> None:
    assert meant("putin estonai") == "putin estonia"
    # “fright” is written here, in far fewer articles than “freight”.
    assert meant("fright estonai") == "fright estonia"
    SearchWord.objects.filter(word="freight").update(articles=60)
    assert meant("fright whale") == "freight whale"


def test_a_likelier_slip_counts_for_less_than_a_far_more_frequent_word() -> None:
    assert meant("fraight") == "freight"
    SearchWord.objects.filter(word="fright").update(articles=20 * 65)
    assert meant("fraight") == "fright"


def test_however_long_a_word_is_it_has_an_answer() -> None:
    word = "".join(chr(ord("a") + number % 26) for number in range(200))
    assert meant(word) is None
    assert meant(" ".join(word[start : start + 40] for start in (0, 41, 82, 123))) is None
