"""Absolute addresses. They are made of the configured address, never of what a request calls its host."""

from django.conf import settings


def absolute(path: str) -> str:
    return f"{settings.PUBLIC_URL}{path}"
