from typing import Any

from broadsheet.editorial.models import LetterToEditor


def printed(letter: LetterToEditor) -> dict[str, Any]:
    """A published letter to the editor, with nothing but what readers see."""
    return {
        "id": letter.pk,
        "edition": letter.edition,
        "article": str(letter.article.uuid),
        "published_at": letter.published_at,
        "text": letter.agreed,
        "signature": letter.signature,
        "interest": letter.interest,
        "reply": letter.reply,
    }
