"""The link by which a writer comes back to their letter without signing in, for as long as it is kept."""

from django.core.signing import BadSignature, Signer
from django.urls import reverse

from broadsheet.editorial.models import LetterToEditor
from broadsheet.platform.http.addresses import absolute

_signer = Signer(salt="broadsheet.editorial.letter")


def path_to(letter: LetterToEditor) -> str:
    """In the edition whose language is active."""
    return reverse("own_letter", args=[_signer.sign(str(letter.pk))])


def address_of(letter: LetterToEditor) -> str:
    return absolute(path_to(letter))


def printed_address(letter: LetterToEditor) -> str:
    """Where readers find it."""
    return f"{absolute(reverse('article_letters', args=[letter.article.uuid]))}#letter-{letter.pk}"


def letter_of(token: str) -> LetterToEditor | None:
    """None where the link is not one of ours, or its letter is gone."""
    try:
        number = int(_signer.unsign(token))
    except (BadSignature, ValueError):
        return None
    found: LetterToEditor | None = (
        LetterToEditor.objects.at_the_desk().select_related("article").filter(pk=number).first()
    )
    return found
