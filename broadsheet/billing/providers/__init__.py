"""The payment providers of this installation: each is registered when its room is ready."""

from broadsheet.billing.providers.protocol import Provider

_registered: dict[str, Provider] = {}


class UnknownProvider(LookupError):
    """A row names a provider that is not registered."""


def register(provider: Provider) -> None:
    _registered[provider.name] = provider


def named(name: str) -> Provider:
    """Raises UnknownProvider."""
    try:
        return _registered[name]
    except KeyError as error:
        raise UnknownProvider(name) from error


def names() -> list[str]:
    return list(_registered)


def methods() -> set[str]:
    """Those of `Payment.Method` that a buyer can choose now."""
    return {method for provider in _registered.values() for method in provider.methods()}


def have_books() -> bool:
    """Whether any of them has books that are compared with ours."""
    return any(provider.has_books() for provider in _registered.values())


def taking(method: str) -> Provider:
    """The one that new checkouts paid by `method` go to; raises UnknownProvider where there is none now."""
    for provider in _registered.values():
        if method in provider.methods():
            return provider
    raise UnknownProvider(method)
