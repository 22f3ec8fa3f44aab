"""What we take from inside allauth, in this one file, to be looked at with each of its releases.

`record_authentication`: there is no public way to say that somebody has just proven who they are, which
allauth's own pages ask for before they change a second factor. `parse_rates` and `get_ip`: our limits are
written as allauth's are, beside which they stand in one setting.
"""

from allauth.account.internal.flows.login import record_authentication
from allauth.core.internal.ratelimit import get_ip, parse_rates

__all__ = ["get_ip", "parse_rates", "record_authentication"]
