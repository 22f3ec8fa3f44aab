"""The post room's own keys, made of SECRET_KEY, so that no signature of another room's is one of ours."""

from functools import lru_cache

from django.conf import settings
from django.utils.crypto import salted_hmac


def secret() -> bytes:
    """With which return paths, Message-IDs and fingerprints are made."""
    return _made_of(settings.SECRET_KEY)


def secrets() -> list[bytes]:
    """The present one first, then those with which earlier ones were made."""
    return [_made_of(key) for key in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)]


@lru_cache(maxsize=8)
def _made_of(key: str) -> bytes:
    return salted_hmac("broadsheet.delivery", "", key, algorithm="sha256").digest()
