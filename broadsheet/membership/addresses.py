"""Networks and mailbox domains in the one form in which they are kept and compared."""

from collections.abc import Callable
from ipaddress import IPv4Network, IPv6Network, ip_network
from typing import TYPE_CHECKING, Any

from django import forms
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

from broadsheet.delivery.addresses import NotAnAddress, domain_of, tidied
from broadsheet.environment import Network
from broadsheet.platform.http.proxy import Address

MAPPED = IPv6Network("::ffff:0:0/96")
BROADEST = {4: 8, 6: 16}
"""By version, the shortest prefix that an institution may have: shorter is a slip, or half the world."""
# Where anybody has a mailbox: to let these domains in would be to let everybody in.
# fmt: off
FREE_MAIL = frozenset({
    "126.com", "163.com", "aol.com", "btinternet.com", "comcast.net", "fastmail.com", "free.fr",
    "gmail.com", "gmx.at", "gmx.ch", "gmx.com", "gmx.de", "gmx.net", "googlemail.com", "hey.com",
    "hotmail.co.uk", "hotmail.com", "hotmail.de", "hotmail.fr", "icloud.com", "libero.it", "live.co.uk",
    "live.com", "mac.com", "mail.com", "mail.ru", "me.com", "msn.com", "orange.fr", "outlook.com",
    "outlook.de", "outlook.fr", "pm.me", "proton.me", "protonmail.com", "qq.com", "rediffmail.com",
    "rocketmail.com", "sky.com", "t-online.de", "tutanota.com", "verizon.net", "web.de", "yahoo.ca",
    "yahoo.co.in", "yahoo.co.jp", "yahoo.co.uk", "yahoo.com", "yahoo.de", "yahoo.fr", "yandex.com",
    "yandex.ru", "ymail.com", "zoho.com",
})
# fmt: on


def sort_key(address: Address) -> bytes:
    """16 bytes, IPv4 as IPv6 writes it, so that the order of the bytes is the order of the addresses."""
    return address.packed if address.version == 6 else MAPPED.network_address.packed[:12] + address.packed


def network_in(written: str) -> Network:
    """The network in ``192.0.2.0/24``, ``2001:db8::/32`` or a single address; raises ValidationError."""
    written = written.strip()
    if "%" in written:
        raise ValidationError(_("Leave out what begins with “%”."))
    try:
        whole = ip_network(written, strict=False)
    except ValueError:
        raise ValidationError(
            _("“%(written)s” is no network. Write one like 192.0.2.0/24 or 2001:db8::/32."),
            params={"written": written},
        ) from None
    if not _begins_it(written):
        raise ValidationError(
            _("This address is one in the middle of its network. Did you mean %(network)s?"),
            params={"network": whole},
        )
    network = _unmapped(whole)
    if network.prefixlen < BROADEST[network.version]:
        raise ValidationError(
            _("This is too broad: /%(prefix)d is the broadest for IPv%(version)d."),
            params={"prefix": BROADEST[network.version], "version": network.version},
        )
    if isinstance(network, IPv6Network) and network.overlaps(MAPPED):
        raise ValidationError(_("This network holds all of IPv4."))
    return network


def _begins_it(written: str) -> bool:
    """Whether `written` names the first address of its network; where it doesn't, a digit may be wrong."""
    try:
        ip_network(written)
    except ValueError:
        return False
    return True


def _unmapped(network: Network) -> Network:
    """IPv4 where IPv6 writes it: ``::ffff:192.0.2.0/120`` is 192.0.2.0/24."""
    if isinstance(network, IPv6Network) and network.subnet_of(MAPPED):
        first = network.network_address.ipv4_mapped
        return IPv4Network((int(first or 0), network.prefixlen - 96))
    return network


def domain_in(written: str) -> str:
    """The domain in ``@University.example``, in lower case and in ASCII; raises ValidationError."""
    try:
        domain = domain_of(tidied(f"postmaster@{written.strip().removeprefix('@').removesuffix('.')}"))
    except NotAnAddress:
        raise ValidationError(
            _("“%(written)s” is no domain. Write what stands behind the @, such as university.example."),
            params={"written": written.strip()},
        ) from None
    if domain in FREE_MAIL:
        raise ValidationError(
            _("Anybody can have a mailbox at %(domain)s, so it can’t stand for an institution."),
            params={"domain": domain},
        )
    return domain


class _CanonicalFormField(forms.CharField):
    def __init__(self, *, canonical: Callable[[str], str], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.canonical = canonical

    def clean(self, value: Any) -> str:
        written = super().clean(value)
        return self.canonical(written) if written else ""


if TYPE_CHECKING:
    _Text = models.CharField[str, str]
else:
    _Text = models.CharField


class _CanonicalField(_Text):
    """Text that is kept in one form only, however it is written; in a form, so that twins are seen there."""

    def canonical(self, written: str) -> str:
        raise NotImplementedError

    def clean(self, value: str, model_instance: models.Model | None) -> str:
        return super().clean(self.canonical(value) if value else value, model_instance)

    def pre_save(self, model_instance: models.Model, add: bool) -> str:
        value = self.canonical(getattr(model_instance, self.attname))
        setattr(model_instance, self.attname, value)
        return value

    def formfield(self, **kwargs: Any) -> Any:
        # As long as it may be typed, which is longer than what is kept of it.
        kwargs |= {"form_class": _CanonicalFormField, "canonical": self.canonical, "max_length": 300}
        return super().formfield(**kwargs)


class NetworkField(_CanonicalField):
    def canonical(self, written: str) -> str:
        return str(network_in(written))


class DomainField(_CanonicalField):
    def canonical(self, written: str) -> str:
        return domain_in(written)
