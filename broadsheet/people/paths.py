"""Where somebody goes on to after signing in: a path of this site, whatever a form or a link says."""

from django.utils.http import url_has_allowed_host_and_scheme

LONGEST = 500


def local_path(address: str | None) -> str:
    """`address` if it is a path on this site, else an empty string."""
    if not address or len(address) > LONGEST or not address.startswith("/"):
        return ""
    if not address.isprintable() or not url_has_allowed_host_and_scheme(address, allowed_hosts=None):
        return ""
    return address
