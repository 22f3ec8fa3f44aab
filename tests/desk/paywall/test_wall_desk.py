"""What the desk sets about the wall: rules, the try-out, wording, experiments."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from wagtail.models import ModelLogEntry
from wagtail.test.utils.form_data import inline_formset, nested_form_data

from broadsheet.editorial.models import Article
from broadsheet.insights.counts import tally
from broadsheet.paywall.models import (
    AccessRule,
    Experiment,
    Grant,
    Variant,
    VariantCount,
    WallWording,
)
from broadsheet.people.models import Person
from broadsheet.platform import clock
from tests.cast import signed_in
from tests.desk.editor import edit
from tests.magazine import Magazine

RULES, TRYOUT, WORDS, EXPERIMENTS = (
    "/desk/access-rules/",
    "/desk/tryout/",
    "/desk/wordings/",
    "/desk/experiments/",
)
DAY = timedelta(days=1)


@pytest.fixture
def desk(magazine: Magazine, edith: Person) -> Client:
    return signed_in(edith)


def text_of(response: Any) -> str:
    assert response.status_code == 200
    return " ".join(response.text.split())


def queries(client: Client, address: str) -> int:
    client.get(address)
    with CaptureQueriesContext(connection) as asked:
        assert client.get(address).status_code == 200
    return len(asked)


def make_rule(**fields: Any) -> AccessRule:
    return AccessRule.objects.create(**({"access": "free", "position": AccessRule.objects.count()} | fields))


def make_experiment(**fields: Any) -> Experiment:
    experiment = Experiment(**({"name": "Words", "starts_at": clock.now() - DAY} | fields))
    experiment.variants = [Variant(name="A"), Variant(name="B", register_title="Shorter.")]
    experiment.save()
    return experiment


# --- Who sees what -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("address", "allowed"),
    [
        (RULES, {"carla", "edith", "greta"}),
        (f"{RULES}new/", {"edith", "greta"}),
        (TRYOUT, {"carla", "edith", "greta"}),
        (WORDS, {"edith", "greta"}),
        (f"{WORDS}new/", {"edith", "greta"}),
        (EXPERIMENTS, {"edith", "greta"}),
        (f"{EXPERIMENTS}new/", {"edith", "greta"}),
        (f"{EXPERIMENTS}results/{{experiment}}/", {"edith", "greta"}),
        ("/desk/settings/paywall/meter/", {"edith", "greta"}),
    ],
)
def test_each_screen_is_for_some_roles(
    magazine: Magazine, carla, dev, edith, farid, greta, address: str, allowed: set[str]
) -> None:
    address = address.format(experiment=make_experiment().pk)
    people = {"carla": carla, "dev": dev, "edith": edith, "farid": farid, "greta": greta}
    opened = set()
    for name, person in people.items():
        if signed_in(person).get(address, follow=True).request["PATH_INFO"].startswith(address.rstrip("/")):
            opened.add(name)
    assert opened == allowed


def test_the_menu_leads_to_all_of_it(desk: Client, dev: Person) -> None:
    menu = desk.get("/desk/").text
    for address in (RULES, TRYOUT, WORDS, EXPERIMENTS, "/desk/settings/paywall/meter/"):
        assert f'"url": "{address}"' in menu, address
    assert f'"url": "{RULES}"' not in signed_in(dev).get("/desk/").text


# --- Rules -------------------------------------------------------------------------------------------


def rule_form(**fields: Any) -> dict[str, Any]:
    empty = {"kind": "", "section": "", "topic": "", "older_than": "", "younger_than": "", "access": "free"}
    return empty | fields


def test_a_new_rule_goes_last(desk: Client) -> None:
    for kind in ("opinion", "news", "review"):
        response = desk.post(f"{RULES}new/", rule_form(kind=kind))
        assert response.status_code == 302, response.context["form"].errors
    desk.post(f"{RULES}reorder/{AccessRule.objects.get(kind='review').pk}/?position=0")
    desk.post(f"{RULES}new/", rule_form(kind="briefing"))
    assert [rule.kind for rule in AccessRule.objects.all()] == ["review", "opinion", "news", "briefing"]
    assert [rule.position for rule in AccessRule.objects.all()] == [0, 1, 2, 3]


def test_a_condition_that_is_left_open_says_so(desk: Client) -> None:
    form = desk.get(f"{RULES}new/").context["form"]
    first = [next(iter(form.fields[name].choices)) for name in ("kind", "section", "topic")]
    assert [label for _value, label in first] == ["Any"] * 3


def test_dragging_a_rule_changes_which_decides(desk: Client, magazine: Magazine) -> None:
    make_rule(section=magazine.section("world"))
    last = make_rule(access="subscribers")
    response = desk.post(f"{RULES}reorder/{last.pk}/?position=0")
    assert response.json() == {"success": True}
    assert AccessRule.objects.first() == last


def test_an_impossible_age_is_refused_with_a_sentence(desk: Client) -> None:
    response = desk.post(f"{RULES}new/", rule_form(older_than="30", younger_than="7"))
    assert "No article is as old as this and as young." in text_of(response)


def test_the_list_says_in_words_what_each_decides_now(desk: Client, magazine: Magazine) -> None:
    make_rule(section=magazine.section("world"), access="subscribers")
    make_rule(kind="opinion")
    page = text_of(desk.get(RULES))
    assert "in World US" in page
    assert "Subscribers only" in page
    assert "8 articles" in page
    assert "0 articles" in page
    assert "At present 1 published article sets its own access; 3 are left to their section" in page
    # Rows can be dragged at once, without a click to sort them first.
    assert "w-orderable" in page


def test_two_sections_of_one_name_are_told_apart(desk: Client) -> None:
    page = text_of(desk.get(f"{RULES}new/"))
    assert "World US</option>" in page
    assert "World UK</option>" in page


def test_the_editor_sees_the_rules_and_changes_none(magazine: Magazine, carla: Person) -> None:
    rule = make_rule(kind="opinion")
    client = signed_in(carla)
    assert "Opinion" in text_of(client.get(RULES))
    assert client.post(f"{RULES}edit/{rule.pk}/", rule_form()).status_code == 302
    assert AccessRule.objects.get().kind == "opinion"
    client.post(f"{RULES}reorder/{rule.pk}/?position=0")
    client.post(f"{RULES}delete/{rule.pk}/")
    assert AccessRule.objects.exists()


# --- Which rule decides ------------------------------------------------------------------------------


def try_out(client: Client, article: Article, visitor: str = "new", **more: Any) -> Any:
    return client.get(TRYOUT, {"article": article.pk, "visitor": visitor} | more)


@pytest.mark.parametrize(
    ("visitor", "reason"),
    [
        ("new", "meter"),
        ("spent", "register"),
        ("network", "register"),
        ("reader", "meter"),
        ("returning", "granted"),
        ("subscriber", "subscription"),
        ("institution", "institution"),
        ("gift", "gift-link"),
        ("newsletter", "newsletter-link"),
        ("subscribers-newsletter", "newsletter-link"),
        ("crawler", "crawler"),
        ("ai", "register"),
        ("staff", "staff"),
    ],
)
def test_each_kind_of_visitor_can_be_tried(
    desk: Client, magazine: Magazine, visitor: str, reason: str
) -> None:
    chosen = try_out(desk, magazine.article("reef"), visitor).context["chosen"]
    assert chosen.verdict.reason == reason


def test_a_reason_is_told_in_words_beside_its_code(desk: Client, magazine: Magazine) -> None:
    said = try_out(desk, magazine.article("reef"), "staff").text
    assert "Staff <code>staff</code>" in said
    assert "Wall: register <code>register</code>" in said


@pytest.mark.parametrize(
    ("visitor", "reason"),
    [("new", "subscribe"), ("reader", "subscribe"), ("newsletter", "subscribe"), ("gift", "gift-link")],
)
def test_an_article_for_subscribers_can_be_tried(desk: Client, magazine: Magazine, visitor, reason) -> None:
    assert try_out(desk, magazine.for_subscribers, visitor).context["chosen"].verdict.reason == reason


def test_the_checks_are_told_in_their_order(desk: Client, magazine: Magazine) -> None:
    response = try_out(desk, magazine.article("reef"), "reader", opened=2)
    checks = response.context["chosen"].checks
    assert [check.outcome for check in checks] == ["no"] * 8 + ["yes"]
    assert checks[-1].detail == "3 of 5"
    page = text_of(response)
    assert "yes: 3 of 5</strong>" in page
    assert "Metered" in page
    assert "the publication’s own" in page


def test_what_was_not_reached_is_not_asked(desk: Client, magazine: Magazine) -> None:
    checks = try_out(desk, magazine.free, "reader").context["chosen"].checks
    assert [check.outcome for check in checks] == ["no", "yes"] + ["not asked"] * 7


def test_the_wall_is_shown_as_they_would_see_it(desk: Client, magazine: Magazine) -> None:
    WallWording.objects.create(situation="stranger-spent", title="Over {allowance}.", edition=magazine.uk)
    harbour = magazine.article("harbour")
    assert "Over 1." in try_out(desk, harbour, "spent", edition=magazine.uk.pk).context["preview"]
    assert "You have read your free article" in try_out(desk, harbour, "spent").context["preview"]
    assert not try_out(desk, harbour, "new").context["preview"]
    page = try_out(desk, harbour, "spent", edition=magazine.uk.pk).text
    # A page in an attribute, where none of it may be markup of the desk's own.
    assert re.search(r'sandbox="allow-same-origin"\s+srcdoc="\s*&lt;!DOCTYPE html&gt;[^"<]+"', page)


def test_a_rule_by_age_can_be_tried_as_of_a_day(desk: Client, magazine: Magazine) -> None:
    rule = make_rule(older_than=30, access="subscribers")
    article = magazine.article("reef")
    fresh = f"{article.first_published_at + DAY:%Y-%m-%d %H:%M}"
    assert try_out(desk, article, at=fresh).context["chosen"].verdict.reason == "meter"
    response = try_out(desk, article)
    assert response.context["chosen"].verdict.reason == "subscribe"
    assert re.search(rf"{RULES}edit/{rule.pk}/\"\s*>by the rule “older than 30 days”</a>", text_of(response))


def test_a_running_variant_can_be_tried(desk: Client, magazine: Magazine) -> None:
    _first, second = make_experiment().variants.all()
    response = try_out(desk, magazine.article("reef"), "spent", variant=second.pk)
    assert "Shorter." in response.context["preview"]
    assert "Shorter." not in try_out(desk, magazine.article("reef"), "spent").context["preview"]


def test_a_variant_is_not_tried_in_another_edition(desk: Client, magazine: Magazine) -> None:
    _first, second = make_experiment(edition=magazine.uk).variants.all()
    response = try_out(desk, magazine.article("reef"), "spent", variant=second.pk)
    assert "Shorter." not in response.context["preview"]


def test_trying_spends_and_counts_nothing(desk: Client, magazine: Magazine) -> None:
    make_experiment()
    for visitor in ("new", "spent", "reader"):
        try_out(desk, magazine.article("reef"), visitor)
    assert not Grant.objects.exists()
    assert not VariantCount.objects.exists()
    assert not tally.take()


def test_a_form_that_says_nothing_useful_is_answered(desk: Client) -> None:
    response = desk.get(TRYOUT, {"article": "999999", "visitor": "nobody"})
    assert "chosen" not in response.context
    assert response.context["form"].errors.keys() == {"article", "visitor"}


def test_the_editor_says_who_reads_an_article(magazine: Magazine, carla: Person, greta: Person) -> None:
    rule = make_rule(section=magazine.section("world"), access="subscribers")
    article = magazine.article("reef")
    page = text_of(signed_in(carla).get(f"/desk/pages/{article.pk}/edit/"))
    assert "Who reads it" in page
    assert "by the rule “in World US”" in page
    assert f"{TRYOUT}?article={article.pk}" in page
    assert f"{RULES}edit/{rule.pk}/" not in page
    assert f"{RULES}edit/{rule.pk}/" in text_of(signed_in(greta).get(f"/desk/pages/{article.pk}/edit/"))


def test_the_reporter_sees_who_reads_it_and_no_way_to_the_rules(magazine: Magazine, dev: Person) -> None:
    client = signed_in(dev)
    article = magazine.draft
    Article.objects.filter(pk=article.pk).update(owner=dev)
    page = text_of(client.get(f"/desk/pages/{article.pk}/edit/"))
    assert "Who reads it" in page
    assert TRYOUT not in page


def test_a_new_article_has_no_readers_yet(magazine: Magazine, carla: Person) -> None:
    section = magazine.section("world")
    page = text_of(signed_in(carla).get(f"/desk/pages/add/editorial/article/{section.pk}/"))
    assert "It stands here once the article is saved." in page
    assert "What visitors get" not in page


def test_the_panel_is_there_after_a_draft_was_saved(magazine: Magazine, carla: Person) -> None:
    assert "Who reads it" in text_of(edit(signed_in(carla), magazine.article("reef"), access="free"))


# --- Wording -----------------------------------------------------------------------------------------


def words_form(**fields: Any) -> dict[str, Any]:
    return {"situation": "reader-spent", "edition": "", "title": "", "text": "", "button": ""} | fields


def test_words_are_written_for_one_situation(desk: Client, magazine: Magazine) -> None:
    desk.post(f"{WORDS}new/", words_form(title="Until {renews}.", edition=magazine.uk.pk))
    assert WallWording.objects.get().title == "Until {renews}."
    page = text_of(desk.get(WORDS))
    assert "A reader who has none left" in page
    assert "The Meridian UK" in page


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"title": "Until {tomorrow}."}, "There is no {tomorrow}. There are {allowance}, {readers}"),
        ({}, "Write at least one of the sentences."),
        ({"title": "Again."}, "There are words for that in all editions already."),
    ],
)
def test_words_that_cannot_be_shown_are_refused(desk: Client, fields, sentence: str) -> None:
    WallWording.objects.create(situation="reader-spent", title="First.")
    assert sentence in text_of(desk.post(f"{WORDS}new/", words_form(**fields)))
    assert WallWording.objects.count() == 1


# --- Experiments -------------------------------------------------------------------------------------


def variant_form(name: str, **fields: Any) -> dict[str, Any]:
    empty = dict.fromkeys(
        [
            "strangers",
            "readers",
            "register_title",
            "register_text",
            "register_button",
            "subscribe_title",
            "subscribe_text",
        ],
        "",
    )
    return {"name": name, "weight": "1", "ORDER": "", **empty} | fields


def experiment_form(*variants: dict[str, Any], **fields: Any) -> dict[str, Any]:
    starts = f"{clock.now() + DAY:%Y-%m-%d %H:%M}"
    data = {"name": "Words", "edition": "", "starts_at": starts, "ends_at": ""} | fields
    return nested_form_data(data | {"variants": inline_formset(list(variants))})


TWO = (variant_form("A"), variant_form("B", register_title="Shorter."))


def test_an_experiment_is_planned_with_its_variants(desk: Client) -> None:
    response = desk.post(f"{EXPERIMENTS}new/", experiment_form(*TWO))
    experiment = Experiment.objects.get()
    assert response.headers["Location"] == f"{EXPERIMENTS}results/{experiment.pk}/"
    assert [variant.name for variant in experiment.variants.all()] == ["A", "B"]
    page = text_of(desk.get(response.headers["Location"]))
    assert "planned" in page
    assert "Shorter." in page


@pytest.mark.parametrize(
    ("variants", "fields", "sentence"),
    [
        (TWO[:1], {}, "at least 2"),
        ((variant_form("A", weight="0"), TWO[1]), {}, "greater than or equal to 1"),
        ((variant_form("A", register_text="{x}"), TWO[1]), {}, "There is no {x}."),
        (TWO, {"ends_at": "2020-01-01 12:00"}, "It must end after it begins."),
    ],
)
def test_an_experiment_that_makes_no_sense_is_refused(desk: Client, variants, fields, sentence) -> None:
    page = text_of(desk.post(f"{EXPERIMENTS}new/", experiment_form(*variants, **fields)))
    assert sentence in page
    assert not Experiment.objects.exists()


def test_a_second_one_in_the_same_time_is_refused(desk: Client) -> None:
    make_experiment()
    page = text_of(desk.post(f"{EXPERIMENTS}new/", experiment_form(*TWO, name="Another")))
    assert "“Words” runs in the same edition in that time." in page


def test_a_planned_one_can_be_changed_and_one_that_runs_cannot(desk: Client) -> None:
    planned = make_experiment(starts_at=clock.now() + DAY)
    assert desk.get(f"{EXPERIMENTS}edit/{planned.pk}/").status_code == 200
    with clock.moved_to(clock.now() + 2 * DAY):
        results = f"{EXPERIMENTS}results/{planned.pk}/"
        assert desk.get(f"{EXPERIMENTS}edit/{planned.pk}/").headers["Location"] == results
        response = desk.post(f"{EXPERIMENTS}edit/{planned.pk}/", experiment_form(*TWO, name="Changed"))
        assert response.headers["Location"] == results
    assert Experiment.objects.get().name == "Words"


def test_the_results_are_told_in_numbers_and_in_a_sentence(desk: Client) -> None:
    experiment = make_experiment()
    first, second = experiment.variants.all()
    today = clock.now().date()
    VariantCount.objects.create(variant=first, day=today, shown=10_000, registered=290)
    VariantCount.objects.create(variant=second, day=today, shown=10_000, registered=410, subscribed=3)
    page = text_of(desk.get(f"{EXPERIMENTS}results/{experiment.pk}/"))
    assert "“B” registers more readers than “A”: 4.1% against 2.9%." in page
    assert "2.9% (2.6 to 3.2)" in page
    assert "4.1% (3.7 to 4.5)" in page
    assert "10,000" in page


def test_ending_it_is_one_button(desk: Client, dev: Person) -> None:
    experiment = make_experiment()
    results, end = f"{EXPERIMENTS}results/{experiment.pk}/", f"{EXPERIMENTS}end/{experiment.pk}/"
    assert f'action="{end}"' in desk.get(results).text
    assert desk.get(end).status_code == 405
    signed_in(dev).post(end)
    assert Experiment.objects.get().is_running
    assert "has ended" in text_of(desk.post(end, follow=True))
    assert Experiment.objects.get().has_ended
    assert "End it now" not in desk.get(results).text
    desk.post(end)
    assert ModelLogEntry.objects.filter(action="experiment.end").count() == 1


# --- As they grow ------------------------------------------------------------------------------------


@pytest.mark.parametrize("address", [RULES, f"{RULES}new/", WORDS, EXPERIMENTS])
def test_a_list_asks_as_often_for_more(desk: Client, magazine: Magazine, address: str) -> None:
    situations = ["stranger-spent", "stranger-first", "network", "reader-spent"]
    taken = []
    for numbers in (range(2), range(2, 4)):
        for number in numbers:
            make_rule(section=magazine.section("world"), kind="opinion")
            make_rule(section=magazine.section("ideas", "uk"))
            magazine.publish(f"wave-{number}")
            WallWording.objects.create(situation=situations[number], title="So.", edition=magazine.uk)
            starts = clock.now() + 10 * number * DAY
            make_experiment(starts_at=starts, ends_at=starts + DAY, edition=magazine.uk)
        taken.append(queries(desk, address))
    assert taken[0] == taken[1]


def test_results_ask_as_often_for_more_days(desk: Client) -> None:
    experiment = make_experiment()
    taken = []
    for days in (range(1), range(1, 9)):
        for number in days:
            for variant in experiment.variants.all():
                VariantCount.objects.create(variant=variant, day=clock.now().date() - number * DAY, shown=5)
        taken.append(queries(desk, f"{EXPERIMENTS}results/{experiment.pk}/"))
    assert taken[0] == taken[1]


@pytest.mark.parametrize(
    "query",
    [
        "article=x",
        f"article={'9' * 24}",
        "article=%s&at=9999-12-31+23:59",
        "article=%s&edition=" + "9" * 24,
        "article=%s&variant=x",
    ],
)
def test_what_nobody_chose_is_said_and_is_no_fault(desk: Client, magazine: Magazine, query: str) -> None:
    query = query.replace("%s", str(magazine.article("reef").pk))
    assert desk.get(f"{TRYOUT}?{query}").status_code == 200
