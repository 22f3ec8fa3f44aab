import re

import pytest
from django.template import Context, Template
from django.test import Client

from broadsheet.platform import slots
from tests.magazine import Magazine


@pytest.mark.django_db
def test_rooms_stand_in_a_slot_in_the_order_that_they_ask_for(client: Client, magazine: Magazine):
    masthead = re.search(r"<header class=\"masthead.*?</header>", client.get("/").text, re.DOTALL)

    assert masthead
    words = ["US<", "UK<", ">Search<", ">Subscribe<", ">Sign in<", ">World<"]
    places = [masthead[0].index(word) for word in words]
    assert places == sorted(places)


def test_a_slot_that_nobody_fills_is_empty():
    assert Template('{% load slots %}[{% slot "nobody.fills" %}]').render(Context()) == "[]"


@pytest.fixture
def fills(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(slots, "_fills", {})


def test_what_one_template_gets_for_itself_stays_its_own(fills: None):
    slots.fill("page", 20, "site/give_address.html")
    slots.fill("page", 10, "site/give_address.html", lambda request: {"label": "asked for"})

    context = Context({"request": None, "label": "the page’s", "address": "", "mailto": ""})
    labels = re.findall(r"<label[^>]*>(.*?)</label>", slots.rendered("page", context))

    assert labels == ["asked for", "the page’s"]
