"""Letters to the editor as tests need them."""

from typing import Any

from broadsheet.editorial.models import Article, Edition, LetterToEditor
from tests.magazine import Magazine

TEXT = "Your report on the harbour forgets the ferry, which has carried us to school since 1931."
EDITED = "Your report on the harbour omits the ferry, which has carried us to school since 1931."


def take_letters(magazine: Magazine, slug: str = "us") -> Edition:
    edition = magazine.edition(slug)
    edition.takes_letters = True
    edition.save_revision(log_action=False).publish(log_action=None)
    return magazine.edition(slug)


def arrive(article: Article, **fields: Any) -> LetterToEditor:
    """A letter whose address is confirmed."""
    person = fields.get("person")
    defaults = {
        "edition": article.locale.language_code,
        "name": "Ada Brandt",
        "place": "Leeds",
        "email": person.email if person else "ada@reader.example",
        "text": TEXT,
        "consent": "I agree.",
    }
    letter = LetterToEditor.objects.create(article=article, **(defaults | fields))
    letter.confirm()
    return letter


def printed(article: Article, text: str = TEXT, **fields: Any) -> LetterToEditor:
    letter = arrive(article, text=text, **fields)
    letter.choose()
    letter.publish()
    return letter
