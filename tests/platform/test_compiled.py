from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.db.models import BigAutoField, CharField, DateTimeField, Exists, OuterRef, QuerySet, UUIDField
from django.test.utils import CaptureQueriesContext

from broadsheet.paywall.models import Grant
from broadsheet.people.models import Person
from broadsheet.platform import clock
from broadsheet.platform.compiled import Compiled, Parameter

MADE = []


@Compiled
def grants() -> QuerySet[Any, Any]:
    MADE.append(1)
    asked = {
        "reader": Parameter("reader", BigAutoField()),
        "period": Parameter("period", CharField()),
        "article": Parameter("article", UUIDField()),
        "granted_at__lte": Parameter("at", DateTimeField()),
    }
    has_others = Grant.objects.filter(reader=OuterRef("reader")).exclude(pk=OuterRef("pk"))
    rows = Grant.objects.filter(**asked, charged=True)
    return rows.values_list("article", "granted_at", "open_until", "charged", Exists(has_others))


@Compiled
def whole_grants() -> QuerySet[Grant]:
    own = Grant.objects.filter(reader=Parameter("reader", BigAutoField()))
    return own.select_related("reader").order_by("-pk")[:1]


@pytest.fixture
def grant(ada: Person) -> Grant:
    Grant.objects.create(reader=ada, article=uuid4(), period="2026-11")
    return Grant.objects.create(reader=ada, article=uuid4(), period="100 %s' --")


def asked_for(grant: Grant, **other: Any) -> dict[str, Any]:
    own = {"reader": grant.reader_id, "period": grant.period, "article": grant.article, "at": clock.now()}
    return own | other


def test_rows_are_those_of_the_queryset(grant: Grant) -> None:
    assert grants(**asked_for(grant)) == [(grant.article, grant.granted_at, None, True, True)]
    assert grants(**asked_for(grant, period="2026-11")) == []
    assert grants(**asked_for(grant, article=uuid4())) == []
    assert grants(**asked_for(grant, at=grant.granted_at - timedelta(seconds=1))) == []


def test_each_time_new_rows_come_with_what_they_are_joined_to(grant: Grant) -> None:
    with CaptureQueriesContext(connection) as asked:
        [first], [again] = whole_grants(reader=grant.reader_id), whole_grants(reader=grant.reader_id)
        assert first == again == grant
        assert first.reader == grant.reader
    assert first is not again
    assert len(asked) == 2
    assert whole_grants(reader=0) == []


def test_a_value_is_never_sql(grant: Grant) -> None:
    assert grants(**asked_for(grant, period="' OR 1=1 --")) == []


def test_the_sql_is_made_once(grant: Grant) -> None:
    grants(**asked_for(grant))
    made = len(MADE)
    with CaptureQueriesContext(connection) as asked:
        grants(**asked_for(grant, period="2026-11"))
    assert (len(MADE), len(asked)) == (made, 1)


def test_a_value_that_is_not_given_is_named(grant: Grant) -> None:
    with pytest.raises(KeyError, match="article"):
        grants(reader=grant.reader_id, period=grant.period, at=clock.now())
