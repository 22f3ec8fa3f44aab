"""Words as they are searched by. It asks no database."""

import pytest

from broadsheet.site.search.asking import Asked
from broadsheet.site.search.marking import Sought, excerpt, marked
from broadsheet.site.search.stemming import language_of, stems_of
from broadsheet.site.search.text import Stemmed, tokens


@pytest.mark.parametrize(
    ("language", "forms"),
    [
        ("en", ["reef", "reefs", "Reef’s", "REEFS", "reef's"]),
        ("en", ["tariff", "tariffs"]),
        ("en", ["harbour", "harbors", "harbour’s"]),
        ("en", ["organise", "organised", "organizing"]),
        ("en", ["theatre", "theaters"]),
        ("en", ["programme", "programs"]),
        ("en", ["don’t", "don't", "dont"]),
        ("de", ["Haus", "Häuser", "Häusern", "haeuser", "HÄUSER"]),
        ("de", ["Straße", "strasse", "STRASSEN"]),
        ("fr", ["élection", "élections", "l’élection", "L'ÉLECTION"]),
        ("fr", ["État", "d’état", "états"]),
        ("es", ["canción", "canciones", "cancion"]),
        ("it", ["arte", "dell’arte"]),
        ("tr", ["ev", "evler"]),
        ("", ["Łódź", "ŁÓDŹ", "lodz"]),
    ],
)
def test_forms_of_a_word_have_one_stem(language: str, forms: list[str]) -> None:
    assert len({stems_of(form, language).main for form in forms}) == 1


def test_what_is_typed_without_accents_is_found() -> None:
    written = Stemmed.of("fr", "Les archives publiées, économiques")
    for typed in ("publiées", "publiees", "economiques", "économique"):
        part = Asked.of(typed, "fr").needed[0]
        assert part.stems & {*written.main, *written.besides}, typed


def test_a_language_is_that_of_its_tag() -> None:
    assert [language_of(tag) for tag in ("en-GB", "de", "pt-br", "xx", "")] == ["en", "de", "pt", "", ""]


def test_numbers_are_the_same_with_and_without_separators() -> None:
    assert [token.word for token in tokens("1,000 boats, 5.000.000 men, 3.5 and 2026")] == [
        "1000", "boats", "5000000", "men", "3", "5", "and", "2026",
    ]  # fmt: skip


def test_words_written_as_one_are_found_whole_and_in_parts() -> None:
    found = Stemmed.of("en", "After Covid-19 came U.S. troops and O’Brien.")
    assert {"covid19", "us", "brien"} <= set(found.besides)
    assert {"covid", "19", "obrien"} <= set(found.main)


def test_slight_words_are_left_out_unless_there_are_no_others() -> None:
    def needed(typed: str) -> list[str]:
        return [part.typed for part in Asked.of(typed, "en").needed]

    assert needed("why did the whales come back") == ["whales", "back"]
    assert needed("the who") == ["the", "who"]
    assert needed("WHO report") == ["WHO", "report"]
    assert needed('"to be or not to be"') == ["to be or not to be"]
    assert needed("reef Reef reefs") == ["reefs"]


@pytest.mark.parametrize("typed", ["“moscow time”", "«moscow time»", '"moscow time"', '"moscow time'])
def test_any_quotation_marks_keep_words_together(typed: str) -> None:
    parts = Asked.of(typed, "en").needed
    assert [part.any_of for part in parts] == (
        [(("moscow", "time"),)] if typed.count('"') != 1 else [(("moscow",),), (("time",),)]
    )


def test_most_of_the_words_is_all_but_one_then_all_but_two() -> None:
    def most(typed: str) -> list[int]:
        return [len(choices) for choices in Asked.of(typed, "en").most_of()]

    assert most("reef") == []
    assert most("reef dark") == [2]
    assert most("reef dark coral") == [3]
    assert most("reef dark coral sea") == [4, 6]


def test_marks_stand_around_whole_words_and_nothing_else_is_markup() -> None:
    assert marked("A <b>reef</b> & Reefs’ end", Sought({"reef"}, "en")) == (
        "A &lt;b&gt;<mark>reef</mark>&lt;/b&gt; &amp; <mark>Reefs</mark>’ end"
    )


def test_an_excerpt_is_where_most_of_the_words_are() -> None:
    text = "The sea was calm. " * 30 + "A storm broke over the reef at dawn. " + "The sea was calm. " * 30
    found = str(excerpt(text, Sought({"storm", "reef", "sea"}, "en")))
    assert "A <mark>storm</mark> broke over the <mark>reef</mark>" in found
    assert found.endswith(" …")
    assert len(found.split()) < 60
    assert excerpt(text, Sought({"whale"}, "en")) == ""


def test_of_a_long_text_an_excerpt_is_found_wherever_it_is() -> None:
    calm = "The sea was calm that year. " * 2_000
    text = f"{calm}A storm broke over the reef. {calm}"
    found = str(excerpt(text, Sought({"reef"}, "en")))
    assert found.startswith("A storm broke over the <mark>reef</mark>. The sea")
    # Its stem doesn’t begin as the word does.
    assert "<mark>L’Été</mark>" in str(excerpt(f"L’Été. {calm}", Sought({"ete"}, "fr")))
    assert excerpt(text, Sought({"whale"}, "en")) == ""
