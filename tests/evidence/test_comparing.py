"""What is verbatim is so to the letter."""

from hypothesis import given
from hypothesis import strategies as st

from broadsheet.evidence.comparing import Match, Piece, compare
from broadsheet.evidence.words import core, kept_marks, marks_of, normalised, words_of

word = st.text(alphabet="abcdefghijklmnopqrstuvwxyzéAB", min_size=1, max_size=9)
sayings = st.lists(word, min_size=5, max_size=30).map(" ".join)


@given(sayings)
def test_a_saying_is_verbatim_in_itself(saying: str) -> None:
    found = compare(saying, saying, is_quotation=True)
    assert found
    assert found.match == Match.VERBATIM


@given(sayings, st.data())
def test_a_changed_letter_is_never_verbatim(saying: str, data: st.DataObject) -> None:
    at = data.draw(st.sampled_from([i for i, letter in enumerate(saying) if letter != " "]))
    letter = data.draw(st.sampled_from("zxqZ").filter(lambda letter: letter != saying[at]))
    changed = saying[:at] + letter + saying[at + 1 :]
    found = compare(changed, saying, is_quotation=True)
    assert found is None or found.match != Match.VERBATIM
    in_text = compare(changed, f"So it begins. {saying}. So it ends.", is_quotation=False)
    assert in_text is None or in_text.match == Match.ALTERED


@given(sayings, sayings)
def test_an_alteration_shows_all_that_is_ours_and_all_that_is_asked(asked: str, ours: str) -> None:
    found = compare(asked, ours, is_quotation=True)
    if found and found.match == Match.ALTERED:
        mine = " ".join(text for piece, text in found.pieces if piece != Piece.PUT_IN)
        theirs = " ".join(text for piece, text in found.pieces if piece != Piece.LEFT_OUT)
        assert (mine.split(), theirs.split()) == (ours.split(), asked.split())


@given(sayings, sayings, sayings)
def test_a_part_is_cut_out(before: str, part: str, after: str) -> None:
    whole = f"{before} {part} {after}"
    found = compare(part, whole, is_quotation=True)
    assert found
    assert found.match == Match.CUT
    assert "".join(text for _piece, text in found.pieces) == whole


def test_quotes_spaces_and_dashes_are_made_alike() -> None:
    said = "«It’s  over» – he said—twice …"
    assert normalised(said) == '"It\'s over" - he said-twice ...'
    assert core("“It is over.”") == core("It is over") == "It is over"
    assert core("“It is over…”") != core("It is over")


def test_part_of_a_word_is_no_part_of_what_was_said() -> None:
    found = compare("he port is not what it was", "The port is not what it was", is_quotation=True)
    assert found
    assert found.match == Match.ALTERED


@given(st.lists(word, min_size=8, max_size=60))
def test_eight_words_of_a_text_are_found_again(words: list[str]) -> None:
    kept = kept_marks(" ".join(words), 6)
    for at in range(len(words) - 7):
        assert kept & set(marks_of(words_of(" ".join(words[at : at + 8]))))


def test_other_capitals_are_an_alteration_and_not_another_saying() -> None:
    ours = "We have nothing to hide from the commission."
    found = compare(ours.upper(), ours, is_quotation=True)
    assert found is not None
    assert found.match == Match.ALTERED
    one = compare(ours.replace("commission", "Commission"), ours, is_quotation=True)
    assert one is not None
    assert [(piece, text.strip()) for piece, text in one.pieces if piece != Piece.AROUND] == [
        (Piece.SAME, "We have nothing to hide from the"),
        (Piece.LEFT_OUT, "commission"),
        (Piece.PUT_IN, "Commission"),
    ]
