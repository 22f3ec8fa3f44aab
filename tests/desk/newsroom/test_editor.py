"""Wagtail's editor with our articles, fronts and pages in it."""

import json
import re

import pytest
from wagtail.test.utils.form_data import rich_text

from broadsheet.editorial.models import Article
from tests.cast import signed_in
from tests.desk.editor import PUBLISH, body, edit, fields
from tests.editorial.test_opening import PASTED
from tests.magazine import Magazine


def test_text_from_a_word_processor_is_cleaned_on_its_way_in(magazine: Magazine, carla, client):
    """Draftail turns what is pasted into its own form; a forged form can only hold that, too."""
    pasted = rich_text(PASTED, features=["bold", "italic", "link", "ol", "ul", "h3"])
    edit(signed_in(carla), magazine.free, body=body(("text", pasted)), **PUBLISH)
    stored = Article.objects.get(pk=magazine.free.pk).body[0].value.source
    page = client.get("/good-news/swifts/").content.decode()
    for html in (stored, page):
        assert "Plain" in html
        for forbidden in ("mso", "MsoNormal", "<font", "onclick", "onerror", "<script>alert", "evil.example"):
            assert forbidden not in html, forbidden
    assert "javascript:" not in page


def preview(client, page, data) -> str:
    address = f"/desk/pages/{page.pk}/edit/preview/"
    made = json.loads(client.post(address, data).content)
    assert made["is_available"], made
    response = client.get(address)
    assert response.status_code == 200
    assert "'unsafe-inline'" not in response["Content-Security-Policy"]
    return response.content.decode()


def test_an_article_is_previewed_whole_as_it_is_being_written(magazine: Magazine, dev):
    html = preview(signed_in(dev), magazine.draft, fields(title="Half-way there", slug="almanac"))
    assert "Half-way there" in html
    assert "The tide went out" in html


@pytest.mark.parametrize("slug", ["us", "uk"])
def test_a_front_is_previewed_with_its_articles(magazine: Magazine, carla, slug):
    client = signed_in(carla)
    edition = magazine.edition(slug)
    html = client.get(f"/desk/pages/{edition.pk}/view_draft/").content.decode()
    assert "Harbour" in html
    section = magazine.section("world", slug)
    assert "Harbour" in client.get(f"/desk/pages/{section.pk}/view_draft/").content.decode()


def test_the_desk_has_its_own_policy_and_readers_theirs(magazine: Magazine, carla, client):
    desk = signed_in(carla).get("/desk/")["Content-Security-Policy"]
    assert "'unsafe-inline'" in desk
    assert "unsafe-eval" not in desk
    assert "unsafe" not in client.get("/world/reef/")["Content-Security-Policy"]


def test_what_is_missing_stands_beside_the_article(magazine: Magazine, dev):
    client = signed_in(dev)
    ready = client.get(f"/desk/pages/{magazine.draft.pk}/edit/").content.decode()
    assert "Nothing is missing" in ready
    unready = magazine.write("unready", body=[])
    assert "It has no body." in client.get(f"/desk/pages/{unready.pk}/edit/").content.decode()


def slugs_listed(client, query: str) -> set[str]:
    page = client.get(f"/desk/articles/?{query}")
    assert page.status_code == 200
    return {article.slug for article in page.context["object_list"]}


def test_the_newslist_is_filtered(magazine: Magazine, carla):
    client = signed_in(carla)
    assert slugs_listed(client, "state=draft") == {"almanac"}
    assert slugs_listed(client, f"edition={magazine.uk.pk}") == {"foundry", "harbour"}
    assert slugs_listed(client, f"section={magazine.section('science').pk}") == {"observatory", "almanac"}
    assert slugs_listed(client, "kind=opinion") == {"index"}
    assert slugs_listed(client, "q=orchard") == {"orchard"}
    nell = magazine.authors[0]
    assert slugs_listed(client, f"author={nell.pk}&kind=opinion&state=live&q=index") == {"index"}
    for nonsense in ("edition=x", "section=99999", "state=x", "author=x", "kind=x", "p=99"):
        assert client.get(f"/desk/articles/?{nonsense}").status_code == 200


def test_what_is_missing_stands_beside_a_new_article_too(magazine: Magazine, dev):
    section = magazine.section("world")
    page = signed_in(dev).get(f"/desk/pages/add/editorial/article/{section.pk}/").content.decode()
    assert "It has no headline." in page
    assert 'data-side-panel="readiness"' in page


def test_each_panel_that_an_autosave_fills_is_there_before_the_first(magazine: Magazine, dev):
    client = signed_in(dev)
    section = magazine.section("world")
    new = client.get(f"/desk/pages/add/editorial/article/{section.pk}/").content.decode()
    filled = client.get(f"/desk/pages/{magazine.draft.pk}/edit/?_w_hydrate_create_view=1").content.decode()
    panels = set(re.findall(r"""\[data-side-panel='(\w+)'\]""", filled))
    assert {"access", "readiness"} <= panels <= set(re.findall(r'data-side-panel="(\w+)"', new))
