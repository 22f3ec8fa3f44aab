"""Addresses of sound files, signed: one that stands behind the wall can't be guessed from outside."""

from typing import Any

from django.core.signing import BadSignature, Signer
from django.urls import reverse
from wagtail.documents.models import AbstractDocument

_signer = Signer(salt="broadsheet.editorial.sounds")


def address(sound: AbstractDocument) -> str:
    signature: str = _signer.signature(f"{sound.pk}/{sound.get_file_hash()}")
    return reverse("sound", args=[signature, sound.pk, sound.filename])


def is_signed(signature: str, sound: Any) -> bool:
    try:
        _signer.unsign(f"{sound.pk}/{sound.get_file_hash()}:{signature}")
    except BadSignature:
        return False
    return True
