from django.conf import settings
from django.core.signing import BadSignature, Signer
from django.urls import reverse

from broadsheet.contact.models import Move

_signer = Signer(salt="broadsheet.contact.move")


def address_to_object(move: Move) -> str:
    token = _signer.sign(str(move.pk))
    return f"{settings.PUBLIC_URL}{reverse('object_to_move', args=[token])}"


def move_of(token: str) -> Move | None:
    """None where the link is not one of ours, or its move is gone."""
    try:
        number = int(_signer.unsign(token))
    except (BadSignature, ValueError):
        return None
    return Move.objects.filter(pk=number).first()
