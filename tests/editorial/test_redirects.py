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
    arrives(client, "/world/reef/?utm_source=a", "/world/the-reef/?utm_source=a")
    arrives(client, "/world/reef?utm_source=a", "/world/the-reef/?utm_source=a")


def test_a_new_slug_of_a_shared_article(magazine: Magazine, carla, client: Client, committed):
    """Its copy in the other edition goes along."""
    with committed(execute=True):
        edit(signed_in(carla), magazine.article("harbour"), slug="the-harbour", **PUBLISH)
    for prefix in ("", "/uk"):
        assert client.get(f"{prefix}/world/the-harbour/").status_code == 200
        arrives(client, f"{prefix}/world/harbour/?utm_source=a", f"{prefix}/world/the-harbour/?utm_source=a")
    assert magazine.article("the-harbour", "uk").alias_of_id == magazine.article("the-harbour").pk


def test_a_new_slug_that_another_article_of_the_other_edition_has(
    magazine: Magazine, client: Client, committed
):
    magazine.publish("pier", edition="uk")
    harbour = magazine.article("harbour")
    harbour.slug = "pier"
    with committed(execute=True):
        harbour.save_revision().publish()
    assert magazine.article("pier", "uk").alias_of is None
    arrives(client, "/uk/world/harbour/", "/uk/world/pier-1/")


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
    arrives(client, "/old-news/?utm_source=a&utm_medium=b%20c", "/world/?utm_source=a&utm_medium=b%20c")


def test_an_editors_redirect_with_a_query_of_its_own(magazine: Magazine, client: Client):
    Redirect.objects.create(old_path="/old", redirect_link="/search/?q=tide#found")
    arrives(client, "/old/?q=ebb&utm_source=a", "/search/?q=tide&utm_source=a#found")
    Redirect.objects.create(old_path="/story?id=5", redirect_link="/world/")
    arrives(client, "/story?id=5", "/world/")
    Redirect.objects.create(old_path="/away", redirect_link="https://elsewhere.example/")
    arrives(client, "/away?utm_source=a", "https://elsewhere.example/?utm_source=a")


@pytest.mark.parametrize("path", ["/world/reef", "/authors/nell-abernathy", "/topics/oceans", "/archive"])
def test_a_slash_that_is_missing(client: Client, path: str):
    arrives(client, f"{path}?utm_source=a&x=%C3%A9", f"{path}/?utm_source=a&x=%C3%A9")


def test_plain_http(client: Client, settings):
    settings.SECURE_SSL_REDIRECT = True
    arrives(client, "/world/?utm_source=a", "https://testserver/world/?utm_source=a")
