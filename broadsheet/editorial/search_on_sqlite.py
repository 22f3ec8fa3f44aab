"""Search in SQLite, whose hits are ranked together and whose entries are made once.

The library has a subquery for the score of each hit, in which SQLite counts all hits again: a word that some
thousands of articles have takes minutes. And it looks whether there is an entry, then makes one, with nothing
to keep another process from making it in between: a form that saves what the worker is indexing would fail.
"""

from typing import Any

from django.db import transaction
from django.db.models import BigIntegerField, Case, Exists, OuterRef, QuerySet, When
from django.db.models.functions import Cast
from modelsearch.backends import database
from modelsearch.backends.database.sqlite.query import MatchExpression, normalize
from modelsearch.backends.database.sqlite.sqlite import (
    SQLiteFTSIndexEntry,
    SQLiteIndex,
    SQLiteSearchBackend,
    SQLiteSearchQueryCompiler,
)
from modelsearch.query import MatchAll, Not
from modelsearch.utils import get_descendants_content_types_pks


class Compiler(SQLiteSearchQueryCompiler):
    def search(self, config: Any, start: int, stop: int | None, score_field: str | None = None) -> Any:
        """A part of the hits, the best first; all else as the library's."""
        query = normalize(self.query)
        if stop is None or score_field or not self.order_by_relevance or isinstance(query, (MatchAll, Not)):
            return super().search(config, start, stop, score_field)
        matches = MatchExpression(
            self.fields or self.FTS_TABLE_FIELDS, self.build_search_query(query, config=config)
        )
        score = self._build_rank_expression(self.get_search_vectors(), config)
        hits = SQLiteFTSIndexEntry.objects.filter(
            matches, index_entry__content_type__in=get_descendants_content_types_pks(self.queryset.model)
        )
        hits = hits.annotate(number=Cast("index_entry__object_id", BigIntegerField()), score=score)
        wanted: QuerySet[Any] = self.queryset.order_by().filter(pk=OuterRef("number"))
        best = hits.filter(Exists(wanted)).order_by("score", "-number")
        numbers = list(best.values_list("number", flat=True)[start:stop])
        if not numbers:
            return self.queryset.none()
        places = Case(*(When(pk=number, then=place) for place, number in enumerate(numbers)))
        return self.queryset.filter(pk__in=numbers).order_by(places)


class Index(SQLiteIndex):
    def add_items(self, model: Any, objs: Any) -> None:
        # A transaction is the only writer from its BEGIN on.
        with transaction.atomic(using=self.write_connection.alias):
            super().add_items(model, objs)


class Backend(SQLiteSearchBackend):
    index_class = Index
    query_compiler_class = Compiler


def SearchBackend(params: dict[str, Any]) -> Any:
    found = database.SearchBackend(params)
    return Backend(params) if isinstance(found, SQLiteSearchBackend) else found
