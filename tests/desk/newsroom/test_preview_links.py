from datetime import timedelta

import pytest
from django.db import IntegrityError
from django.test import Client
from wagtail.models import PageLogEntry

from broadsheet.editorial.models import PreviewLink
from broadsheet.platform import clock
from tests.cast import signed_in
from tests.magazine import Magazine


def path_of(link: PreviewLink) -> str:
    return f"/preview/{link.token}/"


def make_link(client: Client, article, **data) -> PreviewLink:
    address = f"/desk/preview-links/{article.pk}/"
    response = client.post(address, {"note": "For the lawyer", "lasts": "7"} | data, follow=True)
    assert "The link is made" in response.content.decode()
    return article.preview_links.first()


def test_a_link_shows_the_latest_draft_to_whoever_has_it(magazine: Magazine, dev, client: Client):
    link = make_link(signed_in(dev), magazine.draft)
    draft = magazine.draft
    draft.title = "Almanac, second version"
    draft.save_revision()
    response = client.get(path_of(link))
    assert response.status_code == 200
    assert "Almanac, second version" in response.content.decode()
    assert "no-store" in response["Cache-Control"]
    assert "noindex" in response["X-Robots-Tag"]
    assert client.get("/science/almanac/").status_code == 404


def test_the_editor_lists_and_copies_it(magazine: Magazine, dev):
    client = signed_in(dev)
    link = make_link(client, magazine.draft)
    assert link.created_by == dev
    assert link.note == "For the lawyer"
    page = client.get(f"/desk/preview-links/{magazine.draft.pk}/").content.decode()
    assert link.address in page
    assert link.address.startswith("http://localhost")
    assert (
        f"/desk/preview-links/{magazine.draft.pk}/"
        in client.get(f"/desk/pages/{magazine.draft.pk}/edit/").content.decode()
    )


def test_it_expires(magazine: Magazine, dev, client: Client):
    link = make_link(signed_in(dev), magazine.draft, lasts="1")
    with clock.moved_to(clock.now() + timedelta(hours=23)):
        assert client.get(path_of(link)).status_code == 200
    with clock.moved_to(clock.now() + timedelta(hours=25)):
        assert client.get(path_of(link)).status_code == 410
        assert not PreviewLink.objects.live().exists()


def test_it_is_withdrawn(magazine: Magazine, dev, carla, client: Client):
    link = make_link(signed_in(dev), magazine.draft)
    revoke = f"/desk/preview-links/{magazine.draft.pk}/{link.pk}/revoke/"
    assert signed_in(carla).get(revoke).status_code == 405
    page = signed_in(carla).post(revoke, follow=True).content.decode()
    assert "withdrawn" in page.split("<tbody>")[1]
    assert link.address not in page
    assert client.get(path_of(link)).status_code == 410
    signed_in(carla).post(revoke)
    entries = PageLogEntry.objects.filter(page=magazine.draft.pk, action__startswith="preview.")
    assert [(entry.action, entry.user) for entry in entries.order_by("pk")] == [
        ("preview.make", dev),
        ("preview.revoke", carla),
    ]


def test_withdrawing_twice_keeps_the_first_moment(magazine: Magazine):
    link = PreviewLink.objects.create(article=magazine.draft)
    link.revoke()
    first = link.revoked_at
    link.revoke()
    assert link.revoked_at == first


@pytest.mark.parametrize("lasts", ["", "0", "365", "x"])
def test_a_lifetime_that_is_not_offered_is_refused(magazine: Magazine, dev, lasts):
    address = f"/desk/preview-links/{magazine.draft.pk}/"
    response = signed_in(dev).post(address, {"note": "kept", "lasts": lasts})
    assert response.status_code == 200
    assert "kept" in response.content.decode()
    assert not PreviewLink.objects.exists()


def test_only_who_may_edit_the_article_makes_links(magazine: Magazine, edith, farid, ada):
    for person in (edith, farid, ada):
        address = f"/desk/preview-links/{magazine.draft.pk}/"
        assert signed_in(person).post(address, {"lasts": "1"}).status_code in {302, 403}
    assert not PreviewLink.objects.exists()


def test_a_link_of_one_article_is_not_withdrawn_through_another(magazine: Magazine, dev):
    link = make_link(signed_in(dev), magazine.draft)
    other = f"/desk/preview-links/{magazine.free.pk}/{link.pk}/revoke/"
    assert signed_in(dev).post(other).status_code == 404
    link.refresh_from_db()
    assert link.is_live


def test_the_database_refuses_a_link_that_ends_before_it_begins(magazine: Magazine):
    with pytest.raises(IntegrityError):
        PreviewLink.objects.create(article=magazine.draft, expires_at=clock.now() - timedelta(days=1))
