"""How often something may be done: moving windows of the `limits` library, in Redis where there is one.

What must hold for all processes and hosts falls back to a table of the database; what may be a little wrong,
and must cost a visitor no write, to this process's memory.
"""

from broadsheet.platform.limiting.limiter import Limiter, redis_storage
from broadsheet.platform.limiting.memory import InMemory
from broadsheet.platform.limiting.table import InTable

__all__ = ["InMemory", "InTable", "Limiter", "redis_storage"]
