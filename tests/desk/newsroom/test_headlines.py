"""Headlines as they are typed: too long, or from right to left."""

import re

import pytest

from broadsheet.editorial.models import Article
from tests.cast import signed_in
from tests.desk.editor import create, edit
from tests.magazine import Magazine

HEBREW = "הגאות נסוגה מהשפלה"


def test_a_headline_over_the_limit_is_refused_whole_and_kept_in_the_form(magazine: Magazine, dev):
    headline = "The tide " * 40
    client = signed_in(dev)
    page = edit(client, magazine.draft, title=headline).content.decode()
    assert "at most 255 characters (it has 359)" in page
    assert headline.strip() in page
    assert Article.objects.get(pk=magazine.draft.pk).get_latest_revision_as_object().title == "Almanac"
    assert (
        "at most 255 characters" in create(client, magazine.section("world"), title=headline).content.decode()
    )
    assert not Article.objects.filter(title__startswith="The tide").exists()


@pytest.mark.parametrize("length", [254, 255])
def test_a_headline_within_the_limit_is_kept_whole(magazine: Magazine, dev, length):
    headline = ("The tide " * 40)[:length]
    edit(signed_in(dev), magazine.draft, title=headline)
    saved = Article.objects.get(pk=magazine.draft.pk).get_latest_revision_as_object()
    assert saved.title == headline


def test_a_headline_takes_its_own_direction_on_pages_lists_and_at_the_desk(magazine: Magazine, carla, client):
    magazine.publish("tides", title=HEBREW, standfirst=HEBREW)
    article = client.get("/world/tides/").content.decode()
    assert f'<h1 class="headline" dir="auto">{HEBREW}</h1>' in article
    assert f'<p class="standfirst" dir="auto">{HEBREW}</p>' in article
    for path in ("/", "/world/"):
        page = client.get(path).content.decode()
        assert re.search(rf'class="headline" dir="auto"><a\s+href="[^"]+"\s*>{HEBREW}</a>', page), path
    pk = Article.objects.get(slug="tides", alias_of=None).pk
    editor = signed_in(carla).get(f"/desk/pages/{pk}/edit/").content.decode()
    title = editor.partition('name="title"')[2].partition(">")[0]
    assert 'dir="auto"' in title
