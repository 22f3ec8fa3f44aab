"""Fills a seeded demo with articles full of evidence and times its pages, in the product's own Python."""

import json
import os
import random
import statistics
import time
from itertools import accumulate

from django.conf import settings
from django.contrib.contenttypes.models import ContentType
from django.db import connection, transaction
from django.db.models import Model
from django.db.models.signals import post_save, pre_save
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils.http import urlencode
from wagtail.models import Page

from broadsheet.editorial.models import Article, Publication, Section, Topic
from broadsheet.evidence.models import (
    Fingerprint,
    Position,
    Quotation,
    Recording,
    Source,
    Speaker,
    TimelineEntry,
)
from broadsheet.evidence.words import WINDOW_OF_QUOTATION, WINDOW_OF_TEXT, kept_marks
from broadsheet.platform import clock
from broadsheet.site.evidence import check

AT_ONCE = 500
QUOTATIONS = 8
TIMES, WARM = 13, 2
LETTERS = "abcdefghijklmnopqrstuvwxyz"

chance = random.Random(16)  # noqa: S311 (words of a benchmark)
vocabulary = ["".join(chance.choices(LETTERS, k=chance.randint(2, 9))) for _ in range(6000)]
weights = list(accumulate(1 / (rank + 3) for rank in range(len(vocabulary))))


def say(words: int) -> str:
    return " ".join(chance.choices(vocabulary, cum_weights=weights, k=words)).capitalize() + "."


def fill() -> None:
    """Prints how many fingerprints there are then."""
    # What is published one by one is taken down at once; here the rows are made together.
    for signal in (pre_save, post_save):
        signal.receivers = []
        signal.sender_receivers_cache.clear()
    topic = Topic.objects.create(name="A running story", slug="a-running-story")
    speakers = Speaker.objects.bulk_create(
        Speaker(name=f"Speaker {n}", slug=f"speaker-{n}", name_key=f"speaker {n}") for n in range(2000)
    )
    sources = Source.objects.bulk_create(
        Source(
            outlet=f"Outlet {n}", link=f"https://s{n}.example/", link_key=f"s{n}.example", outlet_key=f"{n}|"
        )
        for n in range(4000)
    )
    for begin in range(0, int(os.environ["ARTICLES"]), AT_ONCE):
        with transaction.atomic():
            texts = dict(_publish(number) for number in range(begin, begin + AT_ONCE))
            _take_down(texts, speakers, sources)
            running = Article.topics.through
            running.objects.bulk_create(running(article_id=pk, topic_id=topic.pk) for pk in list(texts)[:25])
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    print(Fingerprint.objects.count())  # noqa: T201 (what is asked for)


section = Section.objects.select_related("locale").order_by("path")[0]
kind = ContentType.objects.get_for_model(Article)


def _publish(number: int) -> tuple[int, list[str]]:
    """The page's id and its paragraphs."""
    text = [say(60) for _ in range(12)]
    page = Article(
        title=f"Bench {number}",
        draft_title=f"Bench {number}",
        slug=f"bench-{number}",
        locale=section.locale,
        content_type=kind,
        url_path=f"{section.url_path}bench-{number}/",
        path=Page._get_path(section.path, 4, 3000 + number),
        depth=4,
        live=True,
        first_published_at=clock.now(),
        last_published_at=clock.now(),
        access="metered" if number % 4 else "free",
        body=[("text", "".join(f"<p>{paragraph}</p>" for paragraph in text))],
    )
    Model.save_base(page, force_insert=(Page, Article))
    return page.pk, text


def _take_down(texts: dict[int, list[str]], speakers: list[Speaker], sources: list[Source]) -> None:
    words = Publication.load().opening_words
    marks, quotations, entries, positions = [], [], [], []
    for page, text in texts.items():
        kept = kept_marks(" ".join(text), WINDOW_OF_TEXT)
        marks += [Fingerprint(value=value, page_id=page) for value in kept]
        for number in range(QUOTATIONS):
            # Twenty are quoted everywhere.
            speaker = chance.choice(speakers[:20] if chance.random() < 0.1 else speakers)
            there = {"page_id": page, "position": number, "source": chance.choice(sources)}
            row = Quotation(**there, key=f"q{number}", in_opening=number < 3, text=say(22), speaker=speaker)
            quotations.append(row)
            if number < 3:
                when = f"{1900 + chance.randint(0, 120)}-0{number + 1}"
                entries.append(
                    TimelineEntry(**there, key=f"t{number}", in_opening=True, text=say(12), when=when)
                )
                asked = {"question": f"Question {page % 40}?", "holder": chance.choice(speakers)}
                positions.append(Position(**there, **asked, key=f"p{number}", in_opening=True, text=say(15)))
    Recording.objects.bulk_create(
        Recording(page_id=page, opening_words=words, opening_text=" ".join(text[:3]))
        for page, text in texts.items()
    )
    for quotation in Quotation.objects.bulk_create(quotations):
        kept = kept_marks(quotation.text, WINDOW_OF_QUOTATION)
        marks += [Fingerprint(value=v, page_id=quotation.page_id, quotation=quotation) for v in kept]
    TimelineEntry.objects.bulk_create(entries)
    Position.objects.bulk_create(positions)
    Fingerprint.objects.bulk_create(marks, batch_size=2000)


def measure() -> None:
    """Prints by name: the median and the longest time and the median CPU in milliseconds, and the queries."""
    settings.ALLOWED_HOSTS = ["*"]
    check.AN_HOUR = 10**6
    words = Quotation.objects.filter(in_opening=True, key="q1").order_by("-pk")[3].text.split()
    altered = [*words[:9], "otherwise", *words[10:]]
    questions = {
        "verbatim": " ".join(words),
        "altered": " ".join(altered),
        "cut": " ".join(words[4:14]),
        "not found": "not a word of this was ever said by anybody here",
    }
    pages = {
        "robots.txt": "/robots.txt",
        "speaker": "/speakers/speaker-3/",
        "speaker, page 2": "/speakers/speaker-3/?page=2",
        "topic": "/topics/a-running-story/",
    } | {f"check, {name}": f"/check/?{urlencode({'words': asked})}" for name, asked in questions.items()}
    found = {name: _times(address) for name, address in pages.items()}
    print(json.dumps(found))  # noqa: T201 (what is asked for)


def _times(address: str) -> tuple[float, float, float, int]:
    client, times, spent = Client(), [], []
    for _ in range(TIMES):
        begin, working = time.perf_counter(), time.process_time()
        response = client.get(address)
        times.append((time.perf_counter() - begin) * 1000)
        spent.append((time.process_time() - working) * 1000)
        if response.status_code != 200:
            raise SystemExit(f"{address} answers {response.status_code}")
    with CaptureQueriesContext(connection) as asked:
        client.get(address)
    return statistics.median(times[WARM:]), max(times[WARM:]), statistics.median(spent[WARM:]), len(asked)
