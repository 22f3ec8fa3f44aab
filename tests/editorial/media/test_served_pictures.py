"""What readers and the desk get of a picture: right way up, in sRGB, and silent about who took it where."""

import re
from io import BytesIO
from itertools import product

import pytest
from django.core.files.images import ImageFile
from django.test import Client
from PIL import Image

from broadsheet.editorial.media.renditions import FORMATS, SHAPES, address, size_of
from broadsheet.editorial.models import Author, Picture
from broadsheet.people.models import Person
from tests.cast import signed_in
from tests.editorial.media.files import (
    BLUE,
    DISPLAY_P3,
    FILES,
    LINEAR_GREY,
    RED,
    SECRETS,
    PictureFile,
    drawn,
    jpeg,
    png,
    saved,
)
from tests.magazine import Magazine

# The same on any database.
pytestmark = pytest.mark.sqlite

OF_THE_FORMAT = {
    *("jfif", "jfif_version", "jfif_unit", "jfif_density", "progressive", "progression"),
    *("loop", "background", "timestamp", "duration"),
}
"""What Pillow tells of a file that nobody wrote into it."""

THUMBNAILS = ("max-165x165", "max-800x600", "width-500", "original", "fill-60x60")


def upload(file: PictureFile) -> Picture:
    return Picture.objects.create(
        title=file.name,
        description="A quarter in red",
        credit="Ilse Marr",
        file=ImageFile(BytesIO(file.data), name=file.name),
    )


def served(client: Client, url: str) -> Image.Image:
    """The picture at `url`, which holds nothing but itself."""
    response = client.get(url)
    assert response.status_code == 200, url
    data = b"".join(response)
    for secret in SECRETS:
        assert secret not in data, (url, secret)
    image = Image.open(BytesIO(data))
    image.load()
    assert set(image.info) <= OF_THE_FORMAT, (url, image.info)
    assert not image.getexif(), url
    assert response.headers["Content-Type"] == f"image/{image.format.lower()}"
    return image


def shows_red(image: Image.Image, *, is_grey: bool) -> bool:
    """Whether the top left quarter differs from the others as it does in the file."""
    width, height = image.size
    shown = image.convert("RGB")
    corners = [shown.getpixel((x, y)) for x, y in product((width // 8, width - 2), (height // 8, height - 2))]
    if is_grey:
        return all(abs(corner[0] - corner[2]) < 8 for corner in corners)
    return corners[0][0] > corners[0][2] + 40 and all(corner[2] > corner[0] + 20 for corner in corners[1:])


@pytest.mark.parametrize("name", FILES)
def test_every_rendition_of_every_kind_of_picture_is_whole_and_silent(
    magazine: Magazine, client: Client, name: str
) -> None:
    picture = upload(FILES[name])
    assert (picture.width, picture.height) == FILES[name].size
    for shape, width, file_format in product(SHAPES, (160, 2000), FORMATS):
        image = served(client, address(picture, shape, width, file_format))
        size = size_of(picture, shape, width)
        assert image.width == size.width, (shape, file_format)
        # Wagtail rounds the two edges of a crop each by itself.
        assert abs(image.height - size.height) <= 1, (shape, file_format)
        assert image.mode in {"RGB", "RGBA"}, (shape, file_format)
        if min(picture.width, picture.height) >= 40 and shape in {"whole", "landscape"}:
            assert shows_red(image, is_grey=FILES[name].is_grey), (shape, file_format)


@pytest.mark.parametrize("name", FILES)
def test_the_desk_too_gets_pictures_without_a_word(magazine: Magazine, dev: Person, name: str) -> None:
    picture = upload(FILES[name])
    client = signed_in(dev)
    for spec in THUMBNAILS:
        served(client, f"/media/{picture.get_rendition(spec).file.name}")


def test_wherever_a_picture_is_shown_it_is_silent(magazine: Magazine, client: Client) -> None:
    picture = upload(FILES["turned-6.jpg"])
    author = Author.objects.get(slug="nell-abernathy")
    author.picture = picture
    author.save()
    article = magazine.article("harbour")
    article.picture = picture
    article.save_revision().publish()
    pages = ["", "harbour/", "feed/rss.xml", "feed/feed.json"]
    addresses = {"/", "/authors/nell-abernathy/", *(f"{article.section.url}{page}" for page in pages)}
    found: set[str] = set()
    for url in addresses:
        page = client.get(url).content.decode()
        here = set(re.findall(rf"/pictures/[^/]+/{picture.pk}/[\w|%.-]+/\w+\.\w+", page))
        assert here, url
        found |= here
    assert {url.rpartition(".")[2] for url in found} == set(FORMATS)
    for url in found:
        served(client, url)


def colour_of(client: Client, data: bytes, name: str) -> tuple[int, ...]:
    picture = upload(PictureFile(name, data))
    image = served(client, address(picture, "whole", 2000, "webp"))
    return image.convert("RGB").getpixel((image.width - 2, image.height - 2))


def test_wide_colours_are_converted_to_those_that_every_screen_has(
    magazine: Magazine, client: Client
) -> None:
    plain = Image.new("RGB", (60, 40), (150, 200, 100))
    red, green, blue = colour_of(client, jpeg(plain, icc_profile=DISPLAY_P3), "wide.jpg")
    assert red < 143
    assert green > 197
    assert blue < 93


def test_a_grey_profile_is_applied(magazine: Magazine, client: Client) -> None:
    shades = colour_of(client, png(Image.new("L", (60, 40), 128), icc_profile=LINEAR_GREY), "grey.png")
    assert all(abs(shade - 188) < 4 for shade in shades)


def test_a_profile_is_applied_behind_transparency(magazine: Magazine, client: Client) -> None:
    shades = Image.new("LA", (60, 40), (128, 128))
    picture = upload(PictureFile("glass.png", png(shades, icc_profile=LINEAR_GREY)))
    image = served(client, address(picture, "whole", 2000, "webp"))
    red, *_, alpha = image.getpixel((30, 20))
    assert abs(red - 188) < 4
    assert abs(alpha - 128) < 4


@pytest.mark.parametrize("name", ["cmyk.jpg", "broken-profile.jpg", "cmyk-of-rgb.jpg", "palette.png"])
def test_other_colours_stay_what_they_are(magazine: Magazine, client: Client, name: str) -> None:
    shown = colour_of(client, FILES[name].data, name)
    assert all(abs(is_ - was) < 12 for is_, was in zip(shown, BLUE, strict=True))


def test_grey_of_sixteen_bits_keeps_its_shades(magazine: Magazine, client: Client) -> None:
    assert abs(colour_of(client, FILES["grey-16.png"].data, "grey-16.png")[0] - 0x50) < 4


def test_the_ground_behind_transparency_is_white_as_jpeg(magazine: Magazine, client: Client) -> None:
    picture = upload(PictureFile("clear.png", saved(Image.new("RGBA", (60, 40), (*RED, 0)), "PNG")))
    image = served(client, address(picture, "whole", 160, "jpeg"))
    assert image.getpixel((30, 20)) == (255, 255, 255)


def test_a_focal_point_is_that_of_the_upright_picture(magazine: Magazine, client: Client) -> None:
    picture = upload(PictureFile("tall.jpg", jpeg(drawn((40, 200)).rotate(90, expand=True), 6)))
    assert (picture.width, picture.height) == (40, 200)
    picture.focal_point_x, picture.focal_point_y = 20, 190
    picture.focal_point_width = picture.focal_point_height = 10
    picture.save()
    image = served(client, address(picture, "square", 160, "webp"))
    assert image.convert("RGB").getpixel((5, 5))[2] > 100
