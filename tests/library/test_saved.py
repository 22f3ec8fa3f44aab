"""Articles put aside for later: by a button in pages that are the same for all, on a list of one's own."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from broadsheet.library.models import SavedArticle, saved
from broadsheet.people.account import everything_about, lost_with
from broadsheet.people.models import MailedCode, Person, Purpose
from broadsheet.platform import clock
from tests.cast import PASSWORD, signed_in
from tests.magazine import METERED, PRINTED, Magazine

HERE = {"Sec-Fetch-Site": "same-origin"}
SCRIPT = HERE | {"Accept": "application/json"}


def save(client: Client, uuid: object, **fields: str) -> object:
    return client.post(f"/save/{uuid}", fields, headers=HERE)


def slugs_of(client: Client, address: str = "/account/saved/") -> list[str | None]:
    response = client.get(address)
    assert response.status_code == 200
    return [entry.article.slug if entry.article else None for entry in response.context["listed"]]


def test_the_button_saves_and_its_page_offers_to_undo(magazine: Magazine, ada: Person) -> None:
    client, reef = signed_in(ada), magazine.article("reef")
    assert "This article is not on your list." in client.get(f"/save/{reef.uuid}").text
    response = client.post(f"/save/{reef.uuid}", headers=HERE, follow=True)
    assert "This article is on your list." in response.text
    assert response.headers["Cache-Control"] == "private, no-store"
    save(client, reef.uuid)  # once more, with the back button
    assert slugs_of(client) == ["reef"]
    response = client.post(f"/save/{reef.uuid}", {"remove": "1"}, headers=HERE, follow=True)
    assert "This article is not on your list." in response.text
    assert slugs_of(client) == []


def test_a_script_is_told_what_became_of_it(magazine: Magazine, ada: Person, client: Client) -> None:
    address = f"/save/{magazine.article('reef').uuid}"
    reader = signed_in(ada)
    assert reader.post(address, headers=SCRIPT).json() == {"saved": True}
    assert reader.post(address, {"remove": "1"}, headers=SCRIPT).json() == {"saved": False}
    answer = client.post(address, headers=SCRIPT)
    assert answer.status_code == 401
    assert answer.json()["sign_in"].startswith("/account/sign-in/?next=")


def test_another_site_can_save_nothing(magazine: Magazine, ada: Person) -> None:
    address = f"/save/{magazine.article('reef').uuid}"
    assert signed_in(ada).post(address, headers={"Sec-Fetch-Site": "cross-site"}).status_code == 403
    assert signed_in(ada).post(address).status_code == 403
    assert not SavedArticle.objects.exists()


def test_the_button_is_the_same_for_all_who_are_not_signed_in(magazine: Magazine, client: Client) -> None:
    reef = magazine.article("reef")
    page = client.get("/world/reef/")
    assert f'action="/save/{reef.uuid}"' in page.text
    assert 'id="saved"' not in page.text
    assert "public" in page.headers["Cache-Control"]


def test_whoever_signs_in_by_a_password_lands_in_the_article_which_is_saved(
    magazine: Magazine, ada: Person, client: Client
) -> None:
    reef = magazine.article("reef")
    asked = client.post(f"/save/{reef.uuid}", headers=HERE)
    assert asked.status_code == 303
    assert asked.headers["Location"] == "/account/sign-in/?next=/world/reef/%23saved"
    form = {"login": ada.email, "password": PASSWORD, "next": "/world/reef/#saved"}
    landed = client.post("/account/sign-in/", form)
    assert landed.headers["Location"] == "/world/reef/#saved"
    assert SavedArticle.objects.get().article == reef.uuid
    assert 'id="saved"' in client.get("/world/reef/").text
    assert not ada.grants.exists()  # type: ignore[attr-defined]


@pytest.mark.parametrize("path", ["/world/harbour/", "/uk/world/harbour/"])
def test_whoever_registers_by_the_message_lands_in_the_article_which_is_saved(
    magazine: Magazine, client: Client, path: str
) -> None:
    mailed = MailedCode.objects.issue(Purpose.SIGN_IN, "new@reader.example", next_path=f"{path}#saved")
    landed = client.post(f"/account/link/{mailed.token}/")
    assert landed.headers["Location"] == f"{path}#saved"
    assert SavedArticle.objects.get().reader.email == "new@reader.example"
    assert SavedArticle.objects.get().article == magazine.article("harbour").uuid


def test_signing_in_elsewhere_saves_nothing(magazine: Magazine, ada: Person, client: Client) -> None:
    client.post("/account/sign-in/", {"login": ada.email, "password": PASSWORD, "next": "/world/reef/"})
    assert not SavedArticle.objects.exists()


def test_the_list_has_an_order_and_pages(magazine: Magazine, ada: Person) -> None:
    client = signed_in(ada)
    for number, slug in enumerate(("reef", "harbour", "quarry")):
        with clock.moved_to(PRINTED + timedelta(days=number)):
            SavedArticle.objects.add(ada, magazine.article(slug))
    SavedArticle.objects.filter(article=magazine.article("harbour").uuid).update(minutes=9)
    assert slugs_of(client) == ["quarry", "harbour", "reef"]
    assert slugs_of(client, "/account/saved/?sort=first") == ["reef", "harbour", "quarry"]
    assert slugs_of(client, "/account/saved/?sort=published") == ["harbour", "reef", "quarry"]
    assert slugs_of(client, "/account/saved/?sort=shortest") == ["quarry", "reef", "harbour"]
    assert slugs_of(client, "/account/saved/?sort=nonsense&page=99") == ["quarry", "harbour", "reef"]


def test_a_list_has_pages_in_the_order_that_was_chosen(magazine: Magazine, ada: Person) -> None:
    SavedArticle.objects.bulk_create(SavedArticle(reader=ada, article=uuid4(), minutes=1) for _ in range(24))
    SavedArticle.objects.add(ada, magazine.article("reef"))
    client = signed_in(ada)
    first = client.get("/account/saved/?sort=first")
    assert 'href="?sort=first&amp;page=2"' in first.text
    assert slugs_of(client, "/account/saved/?sort=first&page=2") == ["reef"]


def test_each_edition_lists_its_own_form(magazine: Magazine, ada: Person) -> None:
    client = signed_in(ada)
    save(client, magazine.article("harbour").uuid)
    save(client, magazine.article("reef").uuid)
    assert 'href="/world/harbour/"' in client.get("/account/saved/").text
    british = client.get("/uk/account/saved/").text
    assert 'href="/uk/world/harbour/"' in british
    assert "US edition" in british


def test_a_withdrawn_article_is_listed_as_such_and_comes_off(magazine: Magazine, ada: Person) -> None:
    client, reef = signed_in(ada), magazine.article("reef")
    save(client, reef.uuid)
    reef.unpublish()
    page = client.get("/account/saved/").text
    assert "An article that is no longer published" in page
    assert reef.headline not in page
    assert client.get(f"/save/{reef.uuid}").status_code == 200
    response = client.post(f"/save/{reef.uuid}", {"remove": "1", "back": "1"}, headers=HERE)
    assert response.headers["Location"] == "/account/saved/"
    assert slugs_of(client) == []


def test_what_there_is_not_can_not_be_saved(magazine: Magazine, ada: Person, client: Client) -> None:
    for who in (client, signed_in(ada)):
        for uuid in ("nonsense", uuid4(), magazine.draft.uuid):
            assert save(who, uuid).status_code == 404  # type: ignore[attr-defined]
            assert who.get(f"/save/{uuid}").status_code == 404
    assert not SavedArticle.objects.exists()


def test_a_list_is_not_endless(magazine: Magazine, ada: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(saved, "MOST", 1)
    client = signed_in(ada)
    save(client, magazine.article("reef").uuid)
    answer = client.post(f"/save/{magazine.article('quarry').uuid}", headers=SCRIPT)
    assert answer.status_code == 409
    assert "Remove some first." in answer.json()["error"]
    assert save(client, magazine.article("reef").uuid).status_code == 303  # type: ignore[attr-defined]


def test_nobody_saves_without_end(magazine: Magazine, ada: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(settings.ACCOUNT_RATE_LIMITS, "save_by_reader", "1/10m/user")
    client = signed_in(ada)
    save(client, magazine.article("reef").uuid)
    assert save(client, magazine.article("quarry").uuid).status_code == 429  # type: ignore[attr-defined]
    assert save(client, magazine.article("reef").uuid, remove="1").status_code == 303  # type: ignore[attr-defined]


def test_how_long_an_article_takes_is_that_of_what_was_last_published(
    magazine: Magazine, ada: Person
) -> None:
    reef = magazine.article("reef")
    SavedArticle.objects.add(ada, reef)
    reef.body = [("text", f"<p>{'word ' * 2300}</p>")]
    reef.save_revision().publish()
    assert SavedArticle.objects.get().minutes == 10
    assert "10-minute read" in signed_in(ada).get("/account/saved/").text


def test_a_list_goes_into_the_export_and_ends_with_the_account(magazine: Magazine, ada: Person) -> None:
    SavedArticle.objects.add(ada, magazine.article("reef"))
    [entry] = everything_about(ada)["saved_articles"]
    assert entry["article"] == str(magazine.article("reef").uuid)
    assert lost_with(ada) == ["Your list of 1 saved article is gone."]
    ada.erase()
    assert not SavedArticle.objects.exists()


def test_two_lists_become_one_where_accounts_are_merged(
    magazine: Magazine, ada: Person, bruno: Person
) -> None:
    for person, slug in ((ada, "reef"), (ada, "quarry"), (bruno, "quarry")):
        SavedArticle.objects.add(person, magazine.article(slug))
    ada.merge_into(bruno)
    assert SavedArticle.objects.filter(reader=bruno).count() == SavedArticle.objects.count() == 2


def test_nobody_sees_another_s_list(magazine: Magazine, ada: Person, bruno: Person, client: Client) -> None:
    SavedArticle.objects.add(ada, magazine.article("reef"))
    assert slugs_of(signed_in(bruno)) == []
    assert client.get("/account/saved/").status_code == 302


def test_queries_do_not_grow_with_the_list(magazine: Magazine, ada: Person) -> None:
    client = signed_in(ada)

    def asked() -> int:
        client.get("/account/saved/")
        with CaptureQueriesContext(connection) as queries:
            client.get("/account/saved/")
        return sum("platform_invalidation" not in query["sql"] for query in queries)

    for slug in METERED[:2]:
        SavedArticle.objects.add(ada, magazine.article(slug))
    few = asked()
    for slug in METERED[2:]:
        SavedArticle.objects.add(ada, magazine.article(slug))
    assert asked() == few
