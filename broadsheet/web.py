"""What a web server loads: the application, in a process that keeps writing what it counts and waits for no
database for long.

Commands, workers and tests load `broadsheet.wsgi` or nothing, and start no thread by that.
"""

from broadsheet.wsgi import application

# Only now is Django set up.
# isort: split

from django.conf import settings

from broadsheet.insights import counts
from broadsheet.platform.outages.patience import patience

__all__ = ["application"]

counts.tally.write_in_background()
patience.seconds = settings.DATABASE_SECONDS
