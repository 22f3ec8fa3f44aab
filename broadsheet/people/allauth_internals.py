"""What we take from inside allauth, in this one file, to be looked at with each of its releases.

`record_authentication`: there is no public way to say that somebody has just proven who they are, which
allauth's own pages ask for before they change a second factor. `consume`: the public one counts no GET, and
codes are looked up by links too.
"""

from allauth.account.internal.flows.login import record_authentication
from allauth.core.internal.ratelimit import consume

__all__ = ["consume", "record_authentication"]
