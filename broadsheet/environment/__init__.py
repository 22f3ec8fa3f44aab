"""Typed readers for environment variables, each of which refuses a value that cannot work.

Every variable that the settings read is declared once, there; ``docs/settings.md`` documents the same
list, and a test keeps the two together.
"""

from broadsheet.environment.bucket import Bucket
from broadsheet.environment.hosts import Network
from broadsheet.environment.malformed import Malformed
from broadsheet.environment.reader import Environment, split
from broadsheet.environment.service_url import ServiceURL

__all__ = ["Bucket", "Environment", "Malformed", "Network", "ServiceURL", "split"]
