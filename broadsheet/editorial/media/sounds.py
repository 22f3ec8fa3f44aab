"""Signed addresses of sound files: one behind the wall can't be guessed from outside."""

from typing import Any

from django.urls import reverse
from wagtail.documents.models import AbstractDocument

from broadsheet.platform.signatures import AddressSigner

_signer = AddressSigner(salt="broadsheet.editorial.media.sounds")


def address(sound: AbstractDocument) -> str:
    signature: str = _signer.signature(f"{sound.pk}/{sound.get_file_hash()}")
    return reverse("sound", args=[signature, sound.pk, sound.filename])


def is_signed(signature: str, sound: Any) -> bool:
    return _signer.has_signed(f"{sound.pk}/{sound.get_file_hash()}", signature)
