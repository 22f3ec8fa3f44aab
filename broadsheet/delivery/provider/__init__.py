"""Companies that send for us by an API of their own, through django-anymail."""

from broadsheet.delivery.provider.provider import Provider

__all__ = ["Provider"]
