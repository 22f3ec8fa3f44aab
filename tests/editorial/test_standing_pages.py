"""What a standing page holds, and what keeps it from being published."""

import pytest
from django.test import Client
from wagtail.rich_text import RichText

from broadsheet.editorial.models import NotReadyError, StandingPage
from tests.cast import signed_in
from tests.magazine import Magazine, make_picture

TEXT = RichText("<h2>Who</h2><p>Us, and <a href='https://us.example'>more</a> of us.</p>")


def written(magazine: Magazine, body: list[tuple[str, object]], **fields: object) -> StandingPage:
    page = StandingPage(title="Us", slug="us", body=body, locale=magazine.us.locale, live=False, **fields)
    magazine.us.add_child(instance=page)
    page.save_revision()
    return page


def test_it_holds_what_an_article_can(magazine: Magazine) -> None:
    page = written(
        magazine,
        [
            ("text", TEXT),
            ("heading", "Where"),
            ("picture", {"image": make_picture("the office"), "width": "wide"}),
            ("list", {"ordered": True, "items": [RichText("<b>One</b>")]}),
            ("pull_quote", {"text": "We print it.", "attribution": "Ilse Marr"}),
            ("embed", {"url": "https://youtu.be/abcdefghijk", "title": "Our film", "caption": ""}),
        ],
    )
    page.get_latest_revision().publish()
    shown = Client().get("/us/").text

    for part in ("<h2>Who</h2>", "Where", "figure-wide", "<b>One</b>", "We print it.", "Our film"):
        assert part in shown
    assert "Image credit" in shown
    assert "site/article.js" in shown


def test_without_a_player_there_is_no_script_for_one(magazine: Magazine) -> None:
    written(magazine, [("text", TEXT)]).get_latest_revision().publish()

    assert "site/article.js" not in Client().get("/us/").text


@pytest.mark.parametrize("standfirst", ["", "By [[whom]]"])
def test_a_mark_to_fill_in_keeps_it_from_being_published(magazine: Magazine, standfirst: str) -> None:
    page = written(
        magazine, [("text", RichText("<p>[[Your <b>name</b>]], [sic]</p>"))], standfirst=standfirst
    )

    with pytest.raises(NotReadyError):
        page.get_latest_revision().publish()
    assert Client().get("/us/").status_code == 404
    (fault,) = page.faults()
    assert ("[[whom]]" if standfirst else "[[Your name]]") in fault


def test_the_desk_says_what_is_missing_and_keeps_the_draft(magazine: Magazine, carla) -> None:
    page = written(magazine, [("text", RichText("<p>[[Your name]]</p>"))])
    desk = signed_in(carla)
    form = {
        "title": "Us",
        "slug": "us",
        "standfirst": "",
        "body-count": "1",
        "body-0-deleted": "",
        "body-0-order": "0",
        "body-0-type": "heading",
        "body-0-value": "Ask [[whom]]",
        "action-publish": "1",
        "comments-TOTAL_FORMS": "0",
        "comments-INITIAL_FORMS": "0",
    }
    answer = desk.post(f"/desk/pages/{page.pk}/edit/", form, follow=True)

    assert "was not published. The draft is saved." in answer.text
    assert "[[whom]]" in answer.text
    assert not StandingPage.objects.get(pk=page.pk).live
    form["body-0-value"] = "Ask us"
    desk.post(f"/desk/pages/{page.pk}/edit/", form)
    assert StandingPage.objects.get(pk=page.pk).live


def test_a_picture_without_credit_is_refused(magazine: Magazine) -> None:
    picture = make_picture("the office")
    picture.credit, picture.credit_unknown = "", False
    picture.save()
    page = written(magazine, [("picture", {"image": picture, "width": "text"})])

    assert page.faults() == ["The picture “the office” has no credit."]


def test_the_footer_has_them_in_the_order_that_the_desk_gives_them(magazine: Magazine, carla) -> None:
    page = written(magazine, [("text", TEXT)])
    page.get_latest_revision().publish()
    desk = signed_in(carla)
    for position, first, second in ((0, "/us/", "/about/"), (9, "/about/", "/us/")):
        desk.post(f"/desk/pages/{page.pk}/set_position/?position={position}")
        colophon = Client().get("/").text.partition("colophon-pages")[2]
        assert -1 < colophon.find(f'href="{first}"') < colophon.find(f'href="{second}"')
