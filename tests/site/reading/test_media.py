"""Files: originals are nobody's, thumbnails the desk's, and what stands behind the wall can't be guessed."""

import pytest
from django.core.files.base import ContentFile
from django.test import Client
from wagtail.documents import get_document_model

from broadsheet.editorial.media import renditions, sounds
from broadsheet.editorial.models import Picture
from broadsheet.people.models import Person
from tests.cast import signed_in
from tests.magazine import Magazine

# The same on any database.
pytestmark = pytest.mark.sqlite


@pytest.fixture
def picture(magazine: Magazine) -> Picture:
    found = magazine.article("harbour").picture
    assert found is not None
    return found


def thumbnail(picture: Picture) -> str:
    return f"/media/{picture.get_rendition('max-165x165').file.name}"


def test_a_thumbnail_is_shown_to_the_desk_alone(picture: Picture, client: Client, ada: Person) -> None:
    address = thumbnail(picture)
    assert address.startswith("/media/images/")
    assert client.get(address).status_code == 404
    assert signed_in(ada).get(address).status_code == 404


def test_the_desk_keeps_its_thumbnails_to_itself(picture: Picture, dev: Person) -> None:
    response = signed_in(dev).get(thumbnail(picture))
    assert response.status_code == 200
    assert response.headers["Cache-Control"].startswith("private")
    response.close()


@pytest.mark.parametrize("way", ["images/../{}", "images/x/../../{}", "./images/../{}", "{}", "/{}", ".", ""])
def test_originals_are_for_nobody(picture: Picture, dev: Person, client: Client, way: str) -> None:
    address = "/media/" + way.format(picture.file.name)
    assert client.get(address).status_code == 404
    assert signed_in(dev).get(address).status_code == 404


def test_a_document_is_for_the_desk(magazine: Magazine, client: Client, dev: Person) -> None:
    sound = get_document_model().objects.create(title="Tide", file=ContentFile(b"sound", name="tide.mp3"))
    assert client.get(sound.url).status_code == 404
    response = signed_in(dev).get(sound.url)
    assert (response.status_code, b"".join(response)) == (200, b"sound")
    assert client.get(f"/media/images/../{sound.file.name}").status_code == 404
    assert client.get(f"/documents/{'9' * 5000}/tide.mp3").status_code == 404


@pytest.mark.parametrize(
    "name", ["page.html", "page.xhtml", "page.svg", "page.js", "page.pdf", "page", "a.mp3.htm"]
)
def test_what_is_no_sound_is_for_nobody(magazine: Magazine, client: Client, dev: Person, name: str) -> None:
    """However it became a document: a browser might run it."""
    page = get_document_model().objects.create(title="Page", file=ContentFile(b"<script>", name=name))
    for visitor in (client, signed_in(dev)):
        assert visitor.get(page.url).status_code == 404
        assert visitor.get(sounds.address(page)).status_code == 404


@pytest.mark.parametrize("wanted", ["bytes={}-", "bytes=0-{}", "bytes=-{}"])
def test_an_endless_range_of_a_sound_is_ignored(magazine: Magazine, client: Client, wanted: str) -> None:
    sound = get_document_model().objects.create(title="Tide", file=ContentFile(b"sound", name="tide.mp3"))
    response = client.get(sounds.address(sound), headers={"Range": wanted.format("9" * 5000)})
    assert (response.status_code, b"".join(response)) == (200, b"sound")


def test_a_picture_is_served_under_no_other_name(picture: Picture, client: Client) -> None:
    found = renditions.address(picture, "square", 320, "webp")
    stem, _, ending = found.rpartition(".")
    for other in (f"{stem}x.{ending}", f"{stem}.jpeg", found.replace("320", "321")):
        assert client.get(other).status_code == 404, other
