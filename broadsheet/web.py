"""What a web server loads: the application, in a process that keeps writing what it counts.

Commands, workers and tests load `broadsheet.wsgi` or nothing, and start no thread by that.
"""

from broadsheet.wsgi import application

# Only now is Django set up.
# isort: split

from broadsheet.insights import counts

__all__ = ["application"]

counts.tally.write_in_background()
