"""How long readers wait for pages of evidence among 10,000 articles with 80,000 quotations, on each database.

Pages are rendered in one process, without a server, each time with nothing remembered but what the process
keeps; the reference is robots.txt.
"""

import os
from pathlib import Path

from rich.console import Console
from rich.table import Table

from bench.databases import on_each
from bench.reading import ask_product, seeded
from broadsheet.platform.processes.progress import step

GOALS = {"speaker": 40, "speaker, page 2": 40, "topic": 40}
"""Milliseconds; of all others 50."""

# Run by the product's own Python, on the demo's magazine.
FILL = """
import os, random
from itertools import accumulate
from django.contrib.contenttypes.models import ContentType
from django.db import transaction
from django.db.models import Model
from django.db.models.signals import post_save, pre_save
from wagtail.models import Page
from broadsheet.editorial.models import Article, Publication, Section, Topic
from broadsheet.evidence.models import Fingerprint, Position, Quotation, Recording, Source, Speaker
from broadsheet.evidence.models import TimelineEntry
from broadsheet.evidence.words import WINDOW_OF_QUOTATION, WINDOW_OF_TEXT, kept_marks
from broadsheet.platform import clock

post_save.receivers, pre_save.receivers = [], []
post_save.sender_receivers_cache.clear(), pre_save.sender_receivers_cache.clear()
ARTICLES = int(os.environ["ARTICLES"])
chance = random.Random(16)
vocabulary = ["".join(chance.choices("abcdefghijklmnopqrstuvwxyz", k=chance.randint(2, 9))) for _ in range(6000)]
weights = list(accumulate(1 / (rank + 3) for rank in range(len(vocabulary))))

def say(words):
    return " ".join(chance.choices(vocabulary, cum_weights=weights, k=words)).capitalize() + "."

section = Section.objects.first()
words = Publication.load().opening_words
topic = Topic.objects.create(name="A running story", slug="a-running-story")
speakers = Speaker.objects.bulk_create(
    [Speaker(name=f"Speaker {n}", slug=f"speaker-{n}", name_key=f"speaker {n}") for n in range(2000)])
sources = Source.objects.bulk_create(
    [Source(outlet=f"Outlet {n}", link=f"https://s{n}.example/", link_key=f"s{n}.example", outlet_key=f"{n}|")
     for n in range(4000)])
now, kind = clock.now(), ContentType.objects.get_for_model(Article)
for begin in range(0, ARTICLES, 500):
    with transaction.atomic():
        pages, marks, quotations, entries, positions, recordings, texts = [], [], [], [], [], [], {}
        for n in range(begin, begin + 500):
            text = [say(60) for _ in range(12)]
            page = Article(title=f"Bench {n}", slug=f"bench-{n}", locale=section.locale, live=True,
                           content_type=kind, url_path=f"{section.url_path}bench-{n}/",
                           first_published_at=now, last_published_at=now, path=Page._get_path(section.path, 4, 3000 + n),
                           depth=4, body=[("text", f"<p>{'</p><p>'.join(text)}</p>")])
            page.draft_title = page.title
            page.access = "free" if n % 4 == 0 else "metered"
            Model.save_base(page, force_insert=(Page, Article))
            pages.append(page)
            texts[page.pk] = text
        for page in pages:
            text = texts[page.pk]
            recordings.append(Recording(page_id=page.pk, opening_words=words, opening_text=" ".join(text[:3])))
            marks += [Fingerprint(value=v, page_id=page.pk) for v in kept_marks(" ".join(text), WINDOW_OF_TEXT)]
            for n in range(8):
                # One speaker in a hundred is quoted everywhere.
                speaker = chance.choice(speakers[:20] if chance.random() < 0.1 else speakers)
                quotations.append(Quotation(page_id=page.pk, key=f"q{n}", position=n, in_opening=n < 3, text=say(22),
                                            speaker=speaker, source=chance.choice(sources)))
            entries += [TimelineEntry(page_id=page.pk, key=f"t{n}", position=n, in_opening=True, text=say(12),
                                      when=f"{1900 + chance.randint(0, 120)}-0{n + 1}", source=chance.choice(sources))
                        for n in range(3)]
            positions += [Position(page_id=page.pk, key=f"p{n}", position=n, in_opening=True, text=say(15),
                                   question=f"Question {page.pk % 40}?", holder=chance.choice(speakers),
                                   source=chance.choice(sources)) for n in range(2)]
        Recording.objects.bulk_create(recordings)
        for quotation in Quotation.objects.bulk_create(quotations):
            marks += [Fingerprint(value=v, page_id=quotation.page_id, quotation_id=quotation.pk)
                      for v in kept_marks(quotation.text, WINDOW_OF_QUOTATION)]
        TimelineEntry.objects.bulk_create(entries)
        Position.objects.bulk_create(positions)
        Fingerprint.objects.bulk_create(marks, batch_size=2000)
        Article.topics.through.objects.bulk_create(
            [Article.topics.through(article_id=page.pk, topic_id=topic.pk) for page in pages[:25]])
from django.db import connection
with connection.cursor() as cursor:
    cursor.execute("ANALYZE")
print(Fingerprint.objects.count())
"""

MEASURE = """
import json, statistics, time
from django.conf import settings
settings.ALLOWED_HOSTS = ["*"]
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils.http import urlencode
from broadsheet.evidence.models import Quotation
from broadsheet.site.evidence import check
check.AN_HOUR = 10**6
public = Quotation.objects.filter(in_opening=True, key="q1").order_by("-pk")[3]
words = public.text.split()
altered = " ".join([*words[:9], "otherwise", *words[10:]])
pages = {
    "robots.txt": "/robots.txt",
    "speaker": "/speakers/speaker-3/",
    "speaker, page 2": "/speakers/speaker-3/?page=2",
    "topic": "/topics/a-running-story/",
    "check, verbatim": "/check/?" + urlencode({"words": public.text}),
    "check, altered": "/check/?" + urlencode({"words": altered}),
    "check, cut": "/check/?" + urlencode({"words": " ".join(words[4:14])}),
    "check, not found": "/check/?" + urlencode({"words": "not a word of this was ever said by anybody here"}),
}
found = {}
client = Client()
for name, address in pages.items():
    times = []
    for _ in range(13):
        begin = time.perf_counter()
        response = client.get(address)
        times.append((time.perf_counter() - begin) * 1000)
        assert response.status_code == 200, (address, response.status_code)
    with CaptureQueriesContext(connection) as asked:
        client.get(address)
    found[name] = [statistics.median(times[2:]), max(times[2:]), len(asked)]
print(json.dumps(found))
"""


def run() -> None:
    articles = os.environ.get("ARTICLES", "10000")

    def measure(database: str, folder: Path) -> dict[str, list[float]]:
        environment = seeded(database, folder) | {"ARTICLES": articles}
        with step(f"{articles} articles with evidence"):
            ask_product(FILL, environment)
        found: dict[str, list[float]] = ask_product(MEASURE, environment)
        return found

    table = Table(title=f"Evidence of {articles} articles, 8 quotations each", title_justify="left")
    for heading in ("page", "on", "median ms", "slowest ms", "queries", "goal ms"):
        table.add_column(heading)
    for engine, found in on_each(measure).items():
        for name, (median, slowest, queries) in found.items():
            goal = GOALS.get(name, 50)
            table.add_row(name, engine, f"{median:.1f}", f"{slowest:.1f}", f"{queries:.0f}", f"{goal}")
    Console().print(table)
