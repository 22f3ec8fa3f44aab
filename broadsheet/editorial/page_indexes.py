"""Two indexes of ours on Wagtail's table of pages: what stands below a front, the newest first.

Wagtail has one for the date alone. By that, the newest of a section that seldom has any are found by reading
through all that others published; and it finds pages below another by LIKE, for which SQLite has no index.

They are made after each `migrate`, and not by a migration: Django does not know them, and on SQLite drops
them with the table whenever a migration of Wagtail's rewrites it.
"""

from typing import Any

from django.db import connections, models
from wagtail.models import Page

TABLE = Page._meta.db_table
DEPTHS = {"editorial_newest_in_edition": 2, "editorial_newest_in_section": 3}
"""Name → depth in the tree of the fronts that it serves."""


class Above(models.Func):
    """The path of the page above, at `depth`, in the very words of the index, so without a parameter."""

    function = "SUBSTR"
    output_field = models.CharField()

    def __init__(self, depth: int) -> None:
        super().__init__("path", template=f"%(function)s(%(expressions)s, 1, {depth * Page.steplen})")


def create(using: str, **kwargs: Any) -> None:
    """Receives `post_migrate`."""
    connection = connections[using]
    with connection.cursor() as cursor:
        if TABLE not in connection.introspection.table_names(cursor):
            return
        known = connection.introspection.get_constraints(cursor, TABLE)
        for name, depth in DEPTHS.items():
            if name not in known:
                columns = f"SUBSTR(path, 1, {depth * Page.steplen}), first_published_at"
                cursor.execute(f"CREATE INDEX {name} ON {TABLE} ({columns})")
