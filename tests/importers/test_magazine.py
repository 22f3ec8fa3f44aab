"""The old magazine's name and menus: proposed by a plan, taken over where somebody wants them."""

from pathlib import Path

from django.test import Client

from broadsheet.editorial.models import Edition, Publication, Section, StandingPage
from broadsheet.identity.models import Identity, Menus
from broadsheet.importers.carrying.carrying import carry_out
from broadsheet.importers.carrying.undoing import undo
from broadsheet.importers.models import Import
from broadsheet.people.models import Person
from tests.importers.conftest import Bring
from tests.importers.old_site import OldSite
from tests.importers.test_ghost import GHOST, SITE
from tests.importers.wxr import category, item, written

MAIN, FOOT = "Hauptmenü", "Footer"


def menu_item(number: int, menu: str, what: str, place: int, above: int = 0, **meta: str) -> str:
    kind, _, to = what.partition(":")
    said = {"_menu_item_type": kind, "_menu_item_menu_item_parent": str(above)}
    said |= {f"_menu_item_{name}": value for name, value in meta.items()}
    said |= {"_menu_item_url": to} if kind == "custom" else {"_menu_item_object_id": to}
    fields = {"wp__post_type": "nav_menu_item", "wp__menu_order": str(place), "title": meta.get("title", "")}
    return item(number, meta=said, more=category(menu.lower(), menu, "nav_menu"), **fields)


def old_wordpress(folder: Path) -> Path:
    return written(
        folder,
        item(1, "<p>Words.</p>", more=category("sea")),
        item(2, "<p>Who we are.</p>", wp__post_type="page", wp__post_name="about", title="About us",
             link="https://old.example/about/"),
        menu_item(10, MAIN, "custom:https://old.example/", 0, title="Home"),
        menu_item(13, MAIN, "post_type:2", 3, object="page"),
        menu_item(11, MAIN, "taxonomy:3", 1, object="category", title="The sea"),
        menu_item(12, MAIN, "post_type:1", 2, above=11, object="post", title="First"),
        menu_item(14, MAIN, "custom:https://shop.example/", 4, title="Shop"),
        menu_item(15, MAIN, "custom:https://old.example/forum/", 5, title="Forum"),
        menu_item(16, FOOT, "post_type:2", 1, object="page", title="Imprint"),
        menu_item(17, "Mobile", "post_type:2", 1, object="page"),
    )  # fmt: skip


def labels(blocks: list[dict[str, object]]) -> list[object]:
    return [(block["type"], block["value"]["label"]) for block in blocks]  # type: ignore[index]


def test_a_plan_proposes_name_and_menus_and_changes_nothing(bring: Bring, tmp_path: Path) -> None:
    moving = bring("wordpress", old_wordpress(tmp_path))
    assert moving.of_magazine["name"] == "Old"
    lines = moving.of_magazine["menus"]["main"]
    assert [line["label"] for line in lines] == ["The sea", "First", "About us", "Shop", "Forum"]
    assert [line["leads_to"] for line in lines] == [
        "/sea/", "/sea/post-1/", "/about-2/", "https://shop.example/", "",
    ]  # fmt: skip
    assert moving.findings.filter(about="mobile", words__startswith="This menu has no place").exists()
    assert Publication.load().name != "Old"
    assert not Identity.objects.exists()
    assert not any(row.main or row.footer for row in Menus.objects.all())


def test_menus_are_taken_over_as_far_as_they_lead_here(bring: Bring, tmp_path: Path) -> None:
    moving = bring("wordpress", old_wordpress(tmp_path), takes_menus=True)
    menus = Menus.objects.get(edition__language_code="en-us")
    assert labels(menus.main.raw_data) == [("group", "The sea"), ("page", ""), ("address", "Shop")]
    group = menus.main.raw_data[0]["value"]["links"]
    assert labels(group) == [("page", "The sea"), ("page", "First")]
    assert group[0]["value"]["page"] == Section.objects.get(slug="sea").pk
    assert labels(menus.footer.raw_data) == [("page", "Imprint")]
    assert menus.footer.raw_data[0]["value"]["page"] == StandingPage.objects.get(title="About us").pk
    assert not moving.findings.filter(about="Home").exists()
    left = moving.findings.get(about="Forum")
    assert (left.level, left.of) == ("left", "carrying")
    assert undo(moving)
    menus.refresh_from_db()
    assert not menus.main
    assert not menus.footer


def test_a_menu_that_is_here_already_stays(bring: Bring, tmp_path: Path, client: Client) -> None:
    edition = Edition.objects.get(locale__language_code="en-us")
    ours = [{"type": "address", "value": {"address": "https://ours.example/", "label": "Ours"}, "id": "1"}]
    Menus.objects.create(edition_id=edition.locale_id, main=ours)
    moving = bring("wordpress", old_wordpress(tmp_path), takes_menus=True)
    menus = Menus.objects.get(edition_id=edition.locale_id)
    assert labels(menus.main.raw_data) == [("address", "Ours")]
    assert labels(menus.footer.raw_data) == [("page", "Imprint")]
    assert "Imprint" in client.get("/").text
    assert undo(moving)
    assert labels(Menus.objects.get().main.raw_data) == [("address", "Ours")]


def test_the_old_name_goes_into_a_draft_that_readers_do_not_see(
    bring: Bring, old_site: OldSite, greta: Person, client: Client
) -> None:
    moving = bring("ghost", GHOST, only_plan=True, site=SITE, takes_name=True, takes_menus=True)
    moving.by = greta
    moving.save()
    assert carry_out(moving, open_to=old_site.open)
    draft = Identity.objects.draft_of(greta, None)
    assert draft
    assert (draft.name, draft.motto) == ("The Sample Gazette", "Thoughts, stories and ideas.")
    assert "The Sample Gazette" not in client.get("/").text
    menus = Menus.objects.get(edition__language_code="en-us")
    assert labels(menus.main.raw_data) == [("page", "About")]
    assert not menus.footer  # “Sign up” led to a window of Ghost’s own
    assert Import.objects.get().findings.filter(about="Sign up", level="left").exists()
