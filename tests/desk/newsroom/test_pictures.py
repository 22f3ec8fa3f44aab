"""Uploads through the desk's own pages, and the report of what lacks a credit."""

from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from PIL import Image

from broadsheet.editorial.models import Picture
from tests.cast import signed_in
from tests.editorial.media.files import FILES
from tests.magazine import Magazine, make_picture

MEGABYTE = 1024 * 1024
SCRIPTED = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'


def image(kind: str = "PNG", size: tuple[int, int] = (64, 40)) -> bytes:
    file = BytesIO()
    Image.new("RGB", size, "#7a4b3a").save(file, kind)
    return file.getvalue()


def padded(data: bytes, size: int) -> bytes:
    return data + b"\0" * (size - len(data))


BAD = {
    "too heavy": ("big.png", padded(image(), 25 * MEGABYTE + 1), "This file is too big"),
    "broken": ("broken.png", image()[:60], "not an image or a corrupted image"),
    "cut off": ("cut.jpg", image("JPEG", (640, 400))[:400], "not an image or a corrupted image"),
    "empty": ("empty.png", b"", "empty"),
    "a page under another name": ("page.png", b"<html><script>alert(1)</script></html>", "valid"),
    "a drawing with a script": ("drawing.svg", SCRIPTED, "Not a supported image format"),
    "a drawing under another name": ("drawing.png", SCRIPTED, "does not match the file format"),
    "another kind than its name says": ("photo.jpg", image("PNG"), "does not match the file format"),
    "a text": ("notes.txt", b"notes", "not an image or a corrupted image"),
}


@pytest.fixture(autouse=True)
def _uploads_in_memory(settings):
    # The test client leaves the temporary files of heavy ones open.
    settings.FILE_UPLOAD_MAX_MEMORY_SIZE = 30 * MEGABYTE


def upload(client, name: str, data: bytes):
    return client.post(
        "/desk/images/add/",
        {"title": "Fog", "file": SimpleUploadedFile(name, data), "description": "Fog over the pier"},
        follow=True,
    )


def upload_several(client, name: str, data: bytes):
    return client.post(
        "/desk/images/multiple/add/",
        {"title": "Fog", "files[]": SimpleUploadedFile(name, data)},
        headers={"X-Requested-With": "XMLHttpRequest"},
    )


@pytest.mark.parametrize(("name", "data", "reason"), BAD.values(), ids=BAD)
def test_a_bad_picture_is_refused_with_the_reason_and_the_form_kept(
    magazine: Magazine, dev, name, data, reason
):
    response = upload(signed_in(dev), name, data)
    assert response.status_code == 200
    page = response.content.decode()
    assert reason in page
    assert "Fog over the pier" in page
    assert Picture.objects.count() == 1


@pytest.mark.parametrize(("name", "data", "reason"), BAD.values(), ids=BAD)
def test_among_several_a_bad_picture_is_refused_with_the_reason(magazine: Magazine, dev, name, data, reason):
    response = upload_several(signed_in(dev), name, data)
    assert response.status_code == 200
    answer = response.json()
    assert answer["success"] is False
    assert reason in answer["error_message"]
    assert Picture.objects.count() == 1


def test_too_many_pixels_are_refused(magazine: Magazine, dev):
    vast = BytesIO()
    Image.new("1", (8000, 7600)).save(vast, "PNG")
    page = upload(signed_in(dev), "fog.png", vast.getvalue()).content.decode()
    assert "This file has too many pixels" in page
    assert Picture.objects.count() == 1


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP", "AVIF"])
def test_a_good_picture_is_taken(magazine: Magazine, dev, kind):
    upload(signed_in(dev), f"fog.{kind.lower()}", image(kind))
    assert Picture.objects.get(title="Fog").uploaded_by_user == dev


def test_after_an_upload_the_words_are_saved_without_the_file_again(magazine: Magazine, dev):
    client = signed_in(dev)
    answer = upload_several(client, "fog.png", image()).json()
    assert answer["success"] is True
    assert "Description" in answer["form"]
    assert 'type="file"' not in answer["form"]
    form = f"image-{answer['image_id']}"
    words = {"title": "Fog", "description": "Fog over the pier", "credit": "Photograph: Dev Patel"}
    saved = client.post(
        f"/desk/images/multiple/{answer['image_id']}/",
        {f"{form}-{name}": value for name, value in words.items()},
        headers={"X-Requested-With": "XMLHttpRequest"},
    )
    assert saved.json()["success"] is True
    fog = Picture.objects.get(pk=answer["image_id"])
    assert (fog.title, fog.description, fog.credit) == tuple(words.values())


def test_pictures_are_found_by_their_credit(magazine: Magazine, carla):
    make_picture("fog", credit="Photograph: Nell Harrow")
    make_picture("dusk", credit="Photograph: Sefton Ames")
    page = signed_in(carla).get("/desk/images/?q=harrow").content.decode()
    assert "fog" in page
    assert "dusk" not in page


def test_reporters_see_all_pictures_with_their_words_and_change_their_own(magazine: Magazine, dev, carla):
    fog = make_picture("fog", credit="Photograph: Nell Harrow", description="Fog over the pier")
    mine = make_picture("dusk")
    mine.uploaded_by_user = dev
    mine.save()
    client = signed_in(dev)
    for listing in ("/desk/images/", "/desk/images/?layout=list", "/desk/images/results/?q=harrow"):
        assert "fog" in client.get(listing).content.decode()
    record = client.get(f"/desk/images/{fog.pk}/").content.decode()
    assert "Fog over the pier" in record
    assert "Photograph: Nell Harrow" in record
    assert "<form" not in record.partition("<main")[2]
    client.post(f"/desk/images/{fog.pk}/", {"title": "Mist", "credit": "Mallory"})
    fog.refresh_from_db()
    assert (fog.title, fog.credit) == ("fog", "Photograph: Nell Harrow")
    assert 'name="credit"' in client.get(f"/desk/images/{mine.pk}/").content.decode()
    assert 'name="credit"' in signed_in(carla).get(f"/desk/images/{fog.pk}/").content.decode()


def test_who_only_chooses_pictures_sees_one_without_a_form_and_readers_see_none(
    magazine: Magazine, farid, ada
):
    fog = make_picture("fog", credit="Photograph: Nell Harrow")
    record = signed_in(farid).get(f"/desk/images/{fog.pk}/").content.decode()
    assert "Nell Harrow" in record
    assert "<form" not in record.partition("<main")[2]
    assert signed_in(farid).get("/desk/images/999999/").status_code == 404
    for address in ("/desk/images/", f"/desk/images/{fog.pk}/"):
        assert signed_in(ada).get(address).status_code == 403


def test_a_gallery_of_many_pictures_opens_with_as_many_queries_as_one_of_few(magazine: Magazine, dev):
    client = signed_in(dev)

    def queries(length: int) -> int:
        pictures = [{"image": make_picture(f"fog {length} {number}")} for number in range(length)]
        article = magazine.write(f"misty-{length}", body=[("gallery", {"pictures": pictures})], live=False)
        with CaptureQueriesContext(connection) as found:
            page = client.get(f"/desk/pages/{article.pk}/edit/").content.decode()
        assert f"fog {length} {length - 1}" in page
        return len(found)

    queries(2)
    assert queries(12) <= queries(3)


def test_a_heavy_picture_from_a_phone_is_taken(magazine: Magazine, dev):
    data = padded(FILES["phone.heic"].data, 25 * MEGABYTE)
    upload(signed_in(dev), "IMG_0042.HEIC", data)
    assert Picture.objects.get(title="Fog").file_size == 25 * MEGABYTE


def test_the_report_lists_what_lacks_a_credit_and_where_it_is_used(magazine: Magazine, carla):
    fog = make_picture("fog", credit="")
    dusk = make_picture("dusk", credit="", credit_unknown=True)
    make_picture("dawn")
    magazine.write("misty", picture=fog)
    page = signed_in(carla).get("/desk/reports/pictures-without-credit/").content.decode()
    assert f"/desk/images/{fog.pk}/" in page
    assert f"/desk/images/{dusk.pk}/" in page
    assert "Misty" in page
    assert "nowhere" in page
    assert "dawn" not in page


def test_the_report_is_not_for_those_who_cannot_mend_it(magazine: Magazine, farid):
    assert signed_in(farid).get("/desk/reports/pictures-without-credit/").status_code != 200


def test_the_report_asks_the_database_no_more_for_more(
    magazine: Magazine, carla, django_assert_max_num_queries
):
    client = signed_in(carla)
    client.get("/desk/reports/pictures-without-credit/")
    for number in range(6):
        magazine.write(f"misty-{number}", picture=make_picture(f"fog {number}", credit=""))
    with django_assert_max_num_queries(40):
        client.get("/desk/reports/pictures-without-credit/")
