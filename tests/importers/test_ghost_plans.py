"""What Ghost sold, and where its posts stood by routes.yaml."""

import json
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from broadsheet.editorial.models import Article
from broadsheet.importers.carrying.undoing import undo
from broadsheet.importers.ghost.addresses import About, Collection
from broadsheet.importers.ghost.plans import plans_of
from broadsheet.importers.records import Offer, Plan, Remark
from broadsheet.membership.models import Offer as OurOffer
from broadsheet.membership.models import OfferPlacement
from broadsheet.membership.models import Plan as OurPlan
from tests.importers.conftest import DATA, Bring
from tests.importers.test_bodies import examples
from tests.importers.test_ghost import GHOST, SITE, said

GOLD: dict[str, Any] = {
    "id": "gold",
    "name": "Gold",
    "type": "paid",
    "currency": "usd",
    "monthly_price": 900,
    "yearly_price": 9000,
}
SPRING: dict[str, Any] = {
    "product_id": "gold",
    "name": "Spring",
    "code": "spring",
    "interval": "year",
    "active": 1,
    "discount_type": "percent",
    "discount_amount": 20,
    "duration": "once",
}


def offered(**about: Any) -> Offer | str:
    """The offer that comes with the plan, or why none does."""
    records = list(plans_of([GOLD], [], [], [SPRING | about]))
    plan = records[-1]
    assert isinstance(plan, Plan)
    if plan.offers:
        return plan.offers[0]
    assert isinstance(records[0], Remark)
    return records[0].note.words


@pytest.mark.parametrize(
    ("about", "lasts"),
    [
        ({}, (7200, 12, "month", 1)),
        ({"interval": "month", "discount_type": "fixed", "discount_amount": 400}, (500, 1, "month", 1)),
        ({"interval": "month", "duration": "repeating", "duration_in_months": 3}, (720, 1, "month", 3)),
        ({"duration": "repeating", "duration_in_months": 14}, (7200, 12, "month", 2)),
        ({"discount_type": "trial", "discount_amount": 14, "duration": "trial"}, (0, 2, "week", 1)),
        ({"discount_amount": 100}, (0, 12, "month", 1)),
    ],
)
def test_an_offer_is_ours_where_it_fits(about: dict[str, Any], lasts: tuple[int, int, str, int]) -> None:
    offer = offered(**about)
    assert isinstance(offer, Offer)
    assert (offer.amount, offer.count, offer.unit, offer.terms) == lasts
    assert offer.code == "SPRING"


@pytest.mark.parametrize(
    ("about", "why"),
    [
        ({"duration": "forever"}, "It makes the price lower for ever"),
        ({"active": 0}, "It is archived there"),
        ({"code": "Früh!"}, "Its code “FRÜH!” can’t be one here"),
        ({"interval": "week"}, "What it makes cheaper is not in the export."),
        ({"discount_type": "fixed", "discount_amount": 9900}, "It takes more off than the price is."),
        ({"discount_type": "trial", "discount_amount": 10, "duration": "trial"}, "It is free for 10 days"),
        ({"discount_type": "free_months"}, "There are no offers of this kind here"),
        ({"discount_amount": None}, "There are no offers of this kind here"),
    ],
)
def test_an_offer_that_does_not_fit_is_listed_with_the_reason(about: dict[str, Any], why: str) -> None:
    found = offered(**about)
    assert isinstance(found, str)
    assert found.startswith(why)


cells = st.none() | st.integers(-5, 500) | st.booleans() | st.sampled_from(
    ["year", "month", "percent", "fixed", "trial", "once", "repeating", "forever", "", "CODE", "gold", "paid"]
)  # fmt: skip
rows = st.dictionaries(
    st.sampled_from([*GOLD, *SPRING, "duration_in_months", "trial_days", "benefit_id", "sort_order"]), cells
)


@examples
@given(st.lists(rows, max_size=3), st.lists(rows, max_size=3))
def test_any_rows_of_ghost_s_tables(products: list[dict[str, Any]], others: list[dict[str, Any]]) -> None:
    for record in plans_of([GOLD, *products], others, others, others):
        for offer in getattr(record, "offers", ()):
            assert 0 <= offer.amount <= offer.price.amount
            assert offer.count > 0
            assert offer.terms > 0


def changed(folder: Path, **tables: Any) -> Path:
    export = json.loads((DATA / GHOST / "sample-gazette.ghost.6.65.json").read_text())
    export["db"][0]["data"].update(tables)
    file = folder / "export.json"
    file.write_text(json.dumps(export))
    return file


def test_offers_come_with_their_plan_and_go_with_it(bring: Bring, tmp_path: Path) -> None:
    gold = {"product_id": "6b0b7bbdd3e7bf4c4b8fde9b"}
    offers = [
        SPRING | gold,
        SPRING | gold | {"name": "Stay", "code": "stay", "redemption_type": "retention"},
        SPRING | gold | {"name": "Ever", "code": "ever", "duration": "forever"},
    ]
    moving = bring("ghost", changed(tmp_path, offers=offers))
    spring = OurOffer.objects.get(code="SPRING")
    assert (spring.amount, spring.placement, spring.price.plan.name) == (7200, OfferPlacement.CODE, "Gold")
    assert spring.fault()  # nobody can use it before the plan is sold
    assert OurOffer.objects.get(code="STAY").placement == OfferPlacement.SAVE
    assert "Ever: It makes the price lower for ever" in said(moving)
    assert undo(moving)
    assert not OurOffer.objects.exists()
    assert not OurPlan.objects.filter(name="Gold").exists()


def test_a_code_that_is_taken_here_stays_with_whom_it_is(bring: Bring, tmp_path: Path, yearly: Any) -> None:
    mine = OurOffer.objects.create(name="Ours", code="SPRING", price=yearly, amount=1)
    offers = [SPRING | {"product_id": "6b0b7bbdd3e7bf4c4b8fde9b"}]
    moving = bring("ghost", changed(tmp_path, offers=offers))
    assert OurOffer.objects.get() == mine
    assert "the code SPRING is taken here" in said(moving)


# --- routes.yaml, redirects -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("filter_", "takes"),
    [
        ("", True),
        ("tag:sea", True),
        ("primary_tag:sea", False),
        ("primary_tag:news+author:ada", True),
        ("tag:land,author:ada", True),
        ("tag:-sea", False),
        ("tags:[land,sea]", True),
        ("featured:true", False),
        ("tag:news+featured:false", True),
        ("published_at:>2020", False),
    ],
)
def test_a_collection_takes_what_its_filter_lets_in(filter_: str, takes: bool) -> None:
    assert Collection("/x/{slug}/", filter_).takes(About(["news", "sea"], ["ada"])) == takes


def test_posts_of_several_collections_are_redirected_from_where_they_stood(
    bring: Bring, tmp_path: Path, client: Client
) -> None:
    routes = tmp_path / "routes.yaml"
    routes.write_text(
        "routes:\n  /features/: features\ncollections:\n"
        "  /paid/:\n    permalink: /paid/{slug}/\n    filter: tag:nobody\n"
        "  /odd/:\n    permalink: /odd/{slug}/\n    filter: 'id:~5'\n"
        "  /:\n    permalink: /{year}/{slug}/\n"
        "taxonomies:\n  tag: /t/{slug}/\n"
    )
    moving = bring("ghost", changed(tmp_path), routes, site=SITE)
    article = Article.objects.get(slug="second-story")
    old = f"/{article.first_published_at:%Y}/second-story/"
    assert client.get(old)["Location"] == article.url
    assert "/features/: This page is made by your routes" in said(moving)
    assert "id:~5: Which posts stood there can’t be told" in said(moving)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("redirects.yaml",
         "301:\n  /old/: /second-story/\n  ^/also/$: https://else.example/\n  /p/(.*): /x/$1\n"),
        ("redirects.json", json.dumps([{"from": "/old/", "to": "/second-story/"},
                                       {"from": "^/also/$", "to": "https://else.example/"},
                                       {"from": "/p/(.*)", "to": "/x/$1"}])),
    ],
)  # fmt: skip
def test_redirects_lead_on_at_once_and_patterns_are_listed(
    bring: Bring, tmp_path: Path, client: Client, name: str, text: str
) -> None:
    file = tmp_path / name
    file.write_text(text)
    moving = bring("ghost", changed(tmp_path), file, site=SITE)
    assert client.get("/old/")["Location"] == "/news/second-story/"
    assert client.get("/also/")["Location"] == "https://else.example/"
    assert "/p/(.*): This redirect to /x/$1 is a pattern." in said(moving)
