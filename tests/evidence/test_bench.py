"""What the benchmark fills a magazine with is what publishing it would have recorded."""

from typing import Any

import pytest
from django.test import Client

from bench import evidence_fill
from broadsheet.editorial.evidence import take_down
from broadsheet.editorial.models import Article
from broadsheet.evidence.models import Fact, Fingerprint, Recording
from broadsheet.evidence.recording import KINDS
from tests.magazine import Magazine


def rows(article: Article) -> list[Any]:
    return [
        *(sorted(kind._default_manager.filter(page=article).values_list()) for kind in KINDS),
        sorted(Fact.sources.through.objects.filter(fact__page=article).values_list("fact", "source")),
        sorted(Fingerprint.objects.filter(page=article).values_list("value", "quotation"), key=str),
        list(Recording.objects.filter(page=article).values_list()),
    ]


def test_publishing_what_the_benchmark_filled_changes_no_row(
    magazine: Magazine, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(evidence_fill, "SPEAKERS", 60)
    monkeypatch.setattr(evidence_fill, "SOURCES", 60)
    monkeypatch.setattr(evidence_fill, "CHUNK", 4)
    monkeypatch.setattr(evidence_fill, "RUNNING", 2)
    assert sum(evidence_fill.print_articles(8)) == 8
    found = list(Article.objects.filter(slug__startswith="bench-").order_by("pk"))
    assert len(found) == 8
    for article in found:
        before = rows(article)
        assert [len(kind) for kind in before[:3]] == [8, 2, 3]
        take_down(article)
        assert rows(article) == before
        assert client.get(article.url).status_code == 200
    assert found[0].title in client.get("/topics/a-running-story/").text
