import pytest

from broadsheet.newsletters.letter.plain import as_text


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<p>One</p><p>Two</p>", "One\n\nTwo"),
        ('<p>See <a href="https://a.example/">this</a>.</p>', "See this <https://a.example/>."),
        ('<a href="https://a.example/">https://a.example/</a>', "https://a.example/"),
        ("<ol><li>One</li><li>Two</li></ol>", "1. One\n\n2. Two"),
        ("<ul><li>One</li></ul>", "• One"),
        ("<p>One<br>Two</p>", "One\nTwo"),
        ("<style>p {}</style><!-- no --><p>One &amp; two</p>", "One & two"),
        ("<p>One <b>unclosed", "One unclosed"),
        ('<img alt="A berth">', "A berth"),
        ("<table><tr><td>1</td><td>2</td></tr></table>", "1  2"),
    ],
)
def test_html_becomes_text(html: str, text: str) -> None:
    assert as_text(html) == text
