"""The site that is moved in from: which addresses are its own, and what stands for each of them here."""

from broadsheet.importers.bodies.addresses import parts_of
from broadsheet.importers.models import OldAddress
from broadsheet.importers.planning.places import old_path


class OldSite:
    def __init__(self, origin: str, hosts: frozenset[str]) -> None:
        self.origin, self.hosts = origin, hosts

    def has(self, address: str) -> bool:
        parts = parts_of(address)
        return (parts.hostname or "") in self.hosts if parts.netloc else address.startswith("/")

    def is_front(self, address: str) -> bool:
        """Whether it is the old front page, to which the name above each page leads here."""
        return bool(address) and self.has(address) and not old_path(address)

    def at(self, address: str) -> OldAddress | None:
        if not self.has(address) or not (path := old_path(address)):
            return None
        known = OldAddress.objects.filter(origin=self.origin).select_related("row")
        return known.filter(path__in=[path, path.partition("?")[0]]).order_by("-path").first()

    def now(self, address: str) -> str:
        """Where `address` leads here; empty where nothing stands for it."""
        if found := self.at(address):
            new = found.row.new_address if found.row else found.leads_to
            fragment = parts_of(address).fragment
            return f"{new}#{fragment}" if fragment and "#" not in new else new
        return ""
