import pytest

from broadsheet.newsletters.letter.rendering import Rendered
from broadsheet.newsletters.preflight.finding import Severity
from broadsheet.newsletters.preflight.markup import check_contrast, check_pictures, check_size, contrast
from broadsheet.newsletters.preflight.support import ADDS_ONLY, check_support, features, used_in
from tests.newsletters.letter.issues import ISSUES, rendered


def letter(html: str, text: str = "Text") -> Rendered:
    return Rendered("Subject", html, text)


@pytest.mark.parametrize("name", ISSUES)
def test_no_issue_of_ours_has_a_fault_in_its_markup(name: str) -> None:
    made = rendered(name)
    found = [*check_size(made), *check_pictures(made), *check_contrast(made), *check_support(made)]
    assert [finding for finding in found if finding.severity != Severity.NOTE] == []


def test_a_letter_that_gmail_would_cut_off_is_a_fault() -> None:
    found = list(check_size(letter("x" * (90 * 1024 + 1))))
    assert [finding.severity for finding in found] == [Severity.FAULT]


def test_a_letter_without_text_is_a_fault() -> None:
    assert Severity.FAULT in {finding.severity for finding in check_size(letter("<p>x</p>", " \n"))}


def test_a_picture_without_words_is_a_fault_in_its_story() -> None:
    story = '<div class="story"><img src="https://a.example/1.jpg" alt=" "><h2>The fence that hums</h2></div>'
    (finding,) = check_pictures(letter(story))
    assert (finding.severity, finding.place) == (Severity.FAULT, "The fence that hums")


def test_pale_words_are_found_on_the_screen_where_they_are_pale() -> None:
    pale = '<body style="background-color:#fff"><p style="color:#999">Pale words</p></body>'
    assert "“Pale words”" in next(check_contrast(letter(pale))).message


def test_hidden_words_need_no_contrast() -> None:
    hidden = '<body><p style="display:none;color:#fff">Hidden</p></body>'
    assert list(check_contrast(letter(hidden))) == []


@pytest.mark.parametrize(
    ("one", "other", "ratio"),
    [((0, 0, 0), (255, 255, 255), 21.0), ((119, 119, 119), (255, 255, 255), 4.48)],
)
def test_contrast_is_reckoned_as_wcag_does(
    one: tuple[int, int, int], other: tuple[int, int, int], ratio: float
) -> None:
    assert contrast(one, other) == pytest.approx(ratio, abs=0.01)


@pytest.mark.parametrize(
    ("markup", "slug"),
    [
        ('<div style="display: flex">', "css-display-flex"),
        ('<div style="top: 0">', "css-left-right-top-bottom"),
        ('<div style="width: calc(100% - 2px)">', "css-unit-calc"),
        ('<div style="margin: 2vw">', "css-unit-vw"),
        ("<video>", "html-video"),
        ('<img src="https://a.example/1.webp">', "image-webp"),
        ("<style>@media (prefers-color-scheme: dark) { p { color: red } }</style>", "css-at-media"),
    ],
)
def test_what_a_letter_uses_is_found(markup: str, slug: str) -> None:
    assert slug in used_in(markup)


def test_what_most_mail_programs_leave_out_is_a_fault_and_a_few_a_warning() -> None:
    found = {
        finding.severity: finding
        for finding in check_support(letter('<video></video><p style="writing-mode: vertical-rl">x</p>'))
    }
    assert "<video> element" in found[Severity.FAULT].message
    assert "Outlook on Windows" in found[Severity.WARNING].message


def test_each_exception_is_needed() -> None:
    used = {slug for name in ISSUES for slug in used_in(rendered(name).html)}
    assert set(ADDS_ONLY) <= used
    assert [slug for slug in ADDS_ONLY if not features()[slug].missing] == []
