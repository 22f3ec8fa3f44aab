"""Whoever is signed in and may not open a page reads why, by which account they came, and what to do."""

import re

import pytest
from django.test import Client
from django.urls import reverse

from broadsheet.membership.models import Price
from broadsheet.people.models import Person
from tests.cast import signed_in
from tests.magazine import Magazine
from tests.shop import subscribe

NOT_ADAS = [
    "/account/invoices/2026-00001.pdf",
    "/account/invoices/2026-00001/pay/",
    "/account/donations/1/cancel/",
]


def words_of(page: str) -> str:
    main = page.partition("<main")[2].partition("</main>")[0]
    return " ".join(re.sub(r"<[^>]+>", " ", main).split())


@pytest.mark.parametrize("address", ["/desk/", "/desk/pages/", *NOT_ADAS])
def test_a_reader_sees_why_and_the_next_step(magazine: Magazine, ada: Person, address: str) -> None:
    response = signed_in(ada).get(address)
    assert response.status_code in {403, 404}
    said = words_of(response.text)
    assert "You are signed in as ada@reader.example" in said
    assert "Use another account" in said
    assert "To your account" in said


def test_another_account_is_one_press_away(magazine: Magazine, ada: Person, carla: Person) -> None:
    browser = signed_in(ada)
    page = browser.get("/desk/pages/?p=2").text
    form = page.partition(f'action="{reverse("account_logout")}"')[2].partition("</form>")[0]
    following = re.search(r'name="next" value="([^"]+)"', form)
    assert following
    answer = browser.post(reverse("account_logout"), {"next": following[1]})
    assert answer.headers["Location"].startswith("/account/sign-in/?next=")
    assert "/desk/pages/?p=2" in browser.get(answer.headers["Location"]).text


def test_the_sign_in_page_is_not_shown_to_who_is_signed_in(magazine: Magazine, ada: Person) -> None:
    response = signed_in(ada).get("/account/sign-in/?next=/desk/", follow=True)
    assert len(response.redirect_chain) == 1
    assert response.status_code == 403
    assert "E-mail me a code" not in response.text


def test_a_stranger_is_told_of_no_account(magazine: Magazine, client: Client) -> None:
    assert "You are signed in" not in client.get("/nothing/here/").text


def test_a_page_that_nobody_has_says_nothing_of_accounts(magazine: Magazine, ada: Person) -> None:
    assert "You are signed in" not in signed_in(ada).get("/nothing/here/").text


def test_an_invoice_of_somebody_else_looks_like_one_that_is_nobodys(
    magazine: Magazine, ada: Person, bruno: Person, yearly: Price
) -> None:
    number = subscribe(ada, yearly).invoices.get().number
    his = signed_in(bruno)
    theirs, nobodys = (his.get(f"/account/invoices/{n}.pdf") for n in (number, "2026-99999"))
    assert theirs.status_code == nobodys.status_code == 404
    assert words_of(theirs.text) == words_of(nobodys.text)


def test_who_may_not_give_an_article_is_led_to_a_subscription(magazine: Magazine, ada: Person) -> None:
    address = reverse("give", args=[magazine.article("reef").uuid])
    page = signed_in(ada).get(address).text
    assert "your account has no subscription" in page
    assert f'href="/subscribe/?next={address}"' in page
