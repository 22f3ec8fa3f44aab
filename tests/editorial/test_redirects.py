"""A reader who has the old address finds the article."""

import pytest
from django.test import Client
from wagtail.contrib.redirects.models import Redirect

from tests.cast import signed_in
from tests.desk.editor import PUBLISH, edit
from tests.magazine import Magazine

pytestmark = pytest.mark.usefixtures("magazine")


@pytest.fixture
def committed(django_capture_on_commit_callbacks):
    """Wagtail makes redirects when the change is committed."""
    return django_capture_on_commit_callbacks


def arrives(client: Client, old: str, new: str) -> None:
    response = client.get(old)
    assert response.status_code == 301, old
    assert response["Location"] == new
    assert not response.cookies
    assert "Cookie" not in response.get("Vary", "")


def test_a_new_slug(magazine: Magazine, carla, client: Client, committed):
    with committed(execute=True):
        edit(signed_in(carla), magazine.article("reef"), slug="the-reef", **PUBLISH)
    assert client.get("/world/the-reef/").status_code == 200
    arrives(client, "/world/reef/", "/world/the-reef/")
    arrives(client, "/world/reef/?utm_source=a", "/world/the-reef/")


def test_a_new_slug_in_an_edition_with_a_prefix(magazine: Magazine, carla, client: Client, committed):
    foundry = magazine.article("foundry", "uk")
    with committed(execute=True):
        edit(signed_in(carla), foundry, slug="forge", **PUBLISH)
    assert client.get("/uk/science/forge/").status_code == 200
    arrives(client, "/uk/science/foundry/", "/uk/science/forge/")
    assert client.get("/science/foundry/").status_code == 404


def test_another_section(magazine: Magazine, carla, client: Client, committed):
    foundry, ideas = magazine.article("foundry", "uk"), magazine.section("ideas", "uk")
    with committed(execute=True):
        signed_in(carla).post(f"/desk/pages/{foundry.pk}/move/{ideas.pk}/confirm/")
    assert client.get("/uk/ideas/foundry/").status_code == 200
    arrives(client, "/uk/science/foundry/", "/uk/ideas/foundry/")


def test_a_section_takes_its_articles_along(magazine: Magazine, client: Client, committed):
    section = magazine.section("world")
    section.slug = "the-world"
    with committed(execute=True):
        section.save_revision().publish()
    arrives(client, "/world/", "/the-world/")
    arrives(client, "/world/reef/", "/the-world/reef/")


def test_an_article_that_comes_back_to_its_address_is_not_redirected_away(
    magazine: Magazine, carla, client: Client, committed
):
    for slug in ("the-reef", "reef"):
        with committed(execute=True):
            edit(
                signed_in(carla),
                magazine.article("reef" if slug != "reef" else "the-reef"),
                slug=slug,
                **PUBLISH,
            )
    assert client.get("/world/reef/").status_code == 200
    arrives(client, "/world/the-reef/", "/world/reef/")


def test_an_editors_own_redirect(magazine: Magazine, client: Client):
    Redirect.objects.create(old_path="/old-news", redirect_link="/world/")
    arrives(client, "/old-news/", "/world/")
