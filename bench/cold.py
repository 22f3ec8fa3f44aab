"""What `bench.archive` measures, run by the product's own Python on the database in question.

Each page is asked for in this process, signed out, so that it is rendered: nothing stands in front of it.
"""

import json
import statistics
import time
from collections import Counter
from itertools import cycle, islice
from typing import Any

from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from broadsheet.editorial.models import Article, Author, Edition, Section, Topic
from broadsheet.site.discovery.archive_times import months_of

WARM = 3
TIMES = 25


def run() -> None:
    client = Client(SERVER_NAME=settings.PUBLIC.hostname)
    for what, addresses in _pages().items():
        line = {"what": what} | _measured(client, addresses)
        print(json.dumps(line), flush=True)  # noqa: T201 (what bench.archive reads)


def _pages() -> dict[str, list[str]]:
    edition = Edition.objects.live().order_by("path")[0]
    topics = Topic.objects.values_list("slug", flat=True)[:10]
    authors = Author.objects.values_list("slug", flat=True)[:10]
    printed = [month for month, _number in months_of(edition)]
    years = sorted({month.year for month in printed})
    year = years[len(years) // 2]
    months = [printed[len(printed) * part // 100] for part in (2, 30, 60)]
    newest = list(edition.articles().newest_first()[: TIMES + WARM])
    old = list(edition.articles().newest_first()[50_000 : 50_000 + TIMES + WARM])
    return {
        "front": ["/"],
        "section": [section.get_url() for section in Section.objects.child_of(edition)],
        "article, new": [article.get_url() for article in newest],
        "article, old": [article.get_url() for article in old or newest],
        "search for a frequent word": [f"{reverse('search')}?q=city"],
        "search for words of most articles": [f"{reverse('search')}?q=the+government+last+year"],
        "search for two words": [f"{reverse('search')}?q=city+water"],
        "search for a rare word": [f"{reverse('search')}?q=xyzzy"],
        "search for a misspelt word": [f"{reverse('search')}?q=citty"],
        "search in a section and year": [f"{reverse('search')}?q=city&section=science&year={year}"],
        "search, page 20": [f"{reverse('search')}?q=city&page=20"],
        "archive": [reverse("archive")],
        "archive of a month": [reverse("archive_month", args=[f"{at:%Y}", f"{at:%m}"]) for at in months],
        "sitemap, index": ["/sitemap.xml"],
        "sitemap of pages": [reverse("sitemap_pages")],
        "sitemap of a month": [reverse("sitemap_month", args=[f"{at:%Y}", f"{at:%m}", 1]) for at in months],
        "sitemap of news": ["/news-sitemap.xml"],
        "topic": [reverse("topic", args=[slug]) for slug in topics],
        "topic, page 20": [f"{reverse('topic', args=[_busiest_topic()])}?page=20"],
        "author": [reverse("author", args=[slug]) for slug in authors],
        "feed": ["/feed/rss.xml"],
        "feed of a topic": [reverse("topic", args=[_busiest_topic()]) + "feed/rss.xml"],
        "robots.txt": ["/robots.txt"],
    }


def _busiest_topic() -> str:
    counted = Counter(Article.topics.through.objects.values_list("topic_id", flat=True)[:10_000])
    return Topic.objects.get(pk=counted.most_common(1)[0][0]).slug


def _measured(client: Client, addresses: list[str]) -> dict[str, Any]:
    asked = cycle(addresses)
    for address in islice(asked, WARM):
        _ask(client, address)
    with CaptureQueriesContext(connection) as queries:
        _ask(client, next(asked))
    number = len(queries)
    wall, cpu = [], []
    for address in islice(asked, TIMES):
        began, used = time.perf_counter(), time.process_time()
        _ask(client, address)
        wall.append(1000 * (time.perf_counter() - began))
        cpu.append(1000 * (time.process_time() - used))
    return {
        "queries": number,
        "cpu": statistics.median(cpu),
        "median": statistics.median(wall),
        "worst": max(wall),
    }


def _ask(client: Client, address: str) -> None:
    response = client.get(address)
    if response.status_code != 200:
        raise SystemExit(f"{address} was answered {response.status_code}")
