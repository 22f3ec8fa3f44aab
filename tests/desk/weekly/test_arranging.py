"""What an editor does to the contents of an issue, and what two editors do to one."""

import json
import re
from typing import Any

from django.test import Client

from broadsheet.people.models import Person
from broadsheet.weekly.models import Holding, WeeklyIssue
from tests.cast import signed_in
from tests.magazine import Magazine
from tests.weekly.issues import slugs
from tests.weekly.preflight.test_preflight import a_letter


def address(issue: WeeklyIssue) -> str:
    return f"/desk/weekly/{issue.pk}/arrange/"


def typed(issue: WeeklyIssue, **changes: Any) -> dict[str, Any]:
    """The form as it is shown, with `changes`."""
    form: dict[str, Any] = {"version": issue.version, "order": []}
    for department in issue.departments.all():
        form["order"].append(f"d:{department.pk}")
        form[f"department-{department.pk}-name"] = department.name
        for item in department.items.all():
            form["order"].append(f"i:{item.pk}")
            form[f"item-{item.pk}-length"] = item.length
            form[f"item-{item.pk}-department"] = department.pk
    return form | changes


def press(client: Client, issue: WeeklyIssue, action: str, **changes: Any) -> Any:
    answer = client.post(address(issue), typed(issue, action=action, **changes))
    issue.refresh_from_db()
    return answer


def names(issue: WeeklyIssue) -> list[str]:
    return [department.name for department in issue.departments.all()]


def two_departments(issue: WeeklyIssue) -> tuple[Any, Any]:
    first, second = (one for one in issue.departments.all()[:2])
    return first, second


def test_the_page_shows_departments_with_their_articles(client: Client, issue: WeeklyIssue) -> None:
    page = client.get(address(issue)).text
    places = [page.index(f'value="i:{item.pk}"') for item in issue.items.all()]
    assert places == sorted(places)
    for name in names(issue):
        assert f'value="{name}"' in page


def test_dragged_into_an_order_it_is_kept(client: Client, issue: WeeklyIssue) -> None:
    first, second = two_departments(issue)
    moved = first.items.first()
    order = typed(issue)["order"]
    order.remove(f"i:{moved.pk}")
    order.insert(order.index(f"d:{second.pk}") + 1, f"i:{moved.pk}")
    answer = press(client, issue, "save", order=order, **{f"item-{moved.pk}-department": second.pk})
    assert answer.status_code == 302
    assert second.items.first().pk == moved.pk


def test_without_script_another_department_is_chosen(client: Client, issue: WeeklyIssue) -> None:
    first, second = two_departments(issue)
    moved = first.items.first()
    press(client, issue, "save", **{f"item-{moved.pk}-department": second.pk})
    assert second.items.last().pk == moved.pk


def test_each_button_saves_what_was_typed_and_does_its_work(client: Client, issue: WeeklyIssue) -> None:
    first, _second = two_departments(issue)
    before = slugs(issue)
    item = issue.items.first()
    assert item
    press(client, issue, f"down:{item.pk}", **{f"department-{first.pk}-name": "The week"})
    assert names(issue)[0] == "The week"
    assert slugs(issue) != before
    press(client, issue, f"up:{item.pk}")
    assert slugs(issue) == before
    press(client, issue, f"drop:{item.pk}")
    assert slugs(issue) == before[1:]


def test_departments_are_added_moved_and_taken_out(client: Client, issue: WeeklyIssue) -> None:
    before = names(issue)
    press(client, issue, "department", **{"new-name": "Culture", "new-holds": "articles"})
    assert names(issue) == [*before, "Culture"]
    culture = issue.departments.get(name="Culture")
    press(client, issue, f"department-up:{culture.pk}")
    assert names(issue).index("Culture") == len(before) - 1
    press(client, issue, f"department-drop:{culture.pk}")
    assert names(issue) == before


def test_a_department_without_a_name_loses_nothing_typed(client: Client, issue: WeeklyIssue) -> None:
    first, _second = two_departments(issue)
    item = issue.items.first()
    assert item
    lost = {f"department-{first.pk}-name": "", f"item-{item.pk}-length": "standfirst"}
    answer = press(client, issue, "save", **lost)
    assert answer.status_code == 409
    assert "Not saved yet" in answer.text
    assert '<option value="standfirst" selected>' in answer.text
    item.refresh_from_db()
    assert item.length == "full"


def test_a_department_with_articles_stays(client: Client, issue: WeeklyIssue) -> None:
    first, _second = two_departments(issue)
    answer = press(client, issue, f"department-drop:{first.pk}")
    assert "Take them out or move them first" in answer.text
    assert first.name in names(issue)


def test_a_second_department_of_letters_is_refused(client: Client, issue: WeeklyIssue) -> None:
    new = {"new-name": "Letters", "new-holds": "letters"}
    press(client, issue, "department", **new)
    answer = press(client, issue, "department", **new)
    assert "such a department already" in answer.text
    assert names(issue).count("Letters") == 1


def test_an_article_is_found_and_added_to_its_section(
    client: Client, issue: WeeklyIssue, magazine: Magazine
) -> None:
    found = magazine.publish("kelp", section="science")
    page = client.get(f"{address(issue)}?q=kelp").text
    assert f'value="article:{found.pk}"' in page
    answer = client.post(f"{address(issue)}?q=kelp", typed(issue, action=f"article:{found.pk}"))
    assert answer["Location"].endswith("?q=kelp#more")
    item = issue.items.get(article=found)
    assert item.department.name == "Science"
    assert item.placed_access == "metered"
    assert f'value="article:{found.pk}"' not in client.get(f"{address(issue)}?q=kelp").text


def test_those_of_its_days_are_found_first(client: Client, issue: WeeklyIssue, magazine: Magazine) -> None:
    dropped = issue.items.select_related("article").first()
    assert dropped
    issue.drop(dropped)
    magazine.publish("kelp")
    offered = re.findall(r'value="article:(\d+)"', client.get(address(issue)).text)
    assert offered[0] == str(dropped.article_id), "the newest is not of its days"


def test_a_draft_cannot_be_added(client: Client, issue: WeeklyIssue, magazine: Magazine) -> None:
    press(client, issue, f"article:{magazine.draft.pk}")
    assert magazine.draft.slug not in slugs(issue)


def test_letters_are_chosen_moved_and_taken_out(
    client: Client, issue: WeeklyIssue, magazine: Magazine
) -> None:
    one, two = a_letter(magazine.free), a_letter(magazine.free)
    for letter in (one, two):
        press(client, issue, f"letter:{letter.pk}")
    press(client, issue, f"letter-up:{two.pk}")
    assert [row.letter_id for row in issue.letters.all()] == [two.pk, one.pk]
    press(client, issue, f"letter-drop:{two.pk}")
    assert [row.letter_id for row in issue.letters.all()] == [one.pk]


def test_a_department_of_letters_takes_no_articles(client: Client, issue: WeeklyIssue) -> None:
    letters = issue.add_department("Letters", holds=Holding.LETTERS)
    issue.move_department(letters, -1)
    issue.refresh_from_db()
    order = typed(issue)["order"]
    item = issue.items.first()
    assert item
    order.remove(f"i:{item.pk}")
    order.insert(order.index(f"d:{letters.pk}") + 1, f"i:{item.pk}")
    press(client, issue, "save", order=order)
    assert not letters.items.exists()


def test_filled_again_it_takes_in_what_is_new_alone(client: Client, issue: WeeklyIssue) -> None:
    before = slugs(issue)
    dropped = issue.items.first()
    assert dropped
    press(client, issue, f"drop:{dropped.pk}")
    press(client, issue, "fill")
    assert slugs(issue) == before[1:]


def test_who_saves_second_is_told_what_the_first_did_and_loses_nothing(
    client: Client, greta: Person, issue: WeeklyIssue
) -> None:
    first, second = two_departments(issue)
    shown = typed(issue, action="save", **{f"department-{first.pk}-name": "My week"})
    moved = first.items.first()
    shown[f"item-{moved.pk}-department"] = second.pk
    gone = issue.items.last()
    assert gone
    press(signed_in(greta), issue, f"drop:{gone.pk}", **{f"department-{second.pk}-name": "Greta’s"})
    answer = client.post(address(issue), shown)
    assert answer.status_code == 409
    text = " ".join(answer.text.split())
    assert "This issue was changed after you opened the page." in text
    assert "Greta Olsen: Contents changed" in text
    assert "taken out" in text
    assert 'value="My week"' in text
    second.refresh_from_db()
    assert (first.name, second.name) == (names(issue)[0], "Greta’s")
    again = re.search(r'name="version" value="(\d+)"', answer.text)
    assert again
    order = re.findall(r'name="order" value="([di]:\d+)"', answer.text)
    assert f"i:{gone.pk}" not in order
    assert order.index(f"i:{moved.pk}") > order.index(f"d:{second.pk}"), "what was typed is still there"
    press(
        client,
        issue,
        "save",
        version=again[1],
        order=order,
        **{f"department-{first.pk}-name": "My week", f"item-{moved.pk}-department": second.pk},
    )
    assert names(issue)[0] == "My week"
    assert second.items.last().pk == moved.pk
    assert not issue.items.filter(pk=gone.pk).exists(), "and Greta's work too"


def test_a_faulty_form_takes_no_place_of_what_somebody_saved_meanwhile(
    client: Client, greta: Person, issue: WeeklyIssue
) -> None:
    first, second = two_departments(issue)
    shown = typed(issue, action="save", **{f"department-{first.pk}-name": ""})
    press(signed_in(greta), issue, "save", **{f"department-{second.pk}-name": "Greta’s"})
    faulty = client.post(address(issue), shown)
    assert "Not saved yet" in faulty.text
    version = re.search(r'name="version" value="(\d+)"', faulty.text)
    assert version
    mended = shown | {"version": version[1], f"department-{first.pk}-name": "Mine"}
    assert "Greta Olsen: Contents changed" in " ".join(client.post(address(issue), mended).text.split())
    assert names(issue)[1] == "Greta’s"


def test_to_find_an_article_loses_nothing_that_was_done(
    client: Client, issue: WeeklyIssue, magazine: Magazine
) -> None:
    first, _second = two_departments(issue)
    found = magazine.publish("kelp", section="science")
    done = {f"department-{first.pk}-name": "Mine", "q": "kelp & ü"}
    answer = press(client, issue, "find", **done)
    assert answer["Location"].endswith("?q=kelp+%26+%C3%BC#more")
    assert names(issue)[0] == "Mine"
    answer = press(client, issue, "save", q=" kelp ")
    assert answer["Location"].endswith("?q=kelp#more")
    assert f'value="article:{found.pk}"' in client.get(answer["Location"]).text
    refused = press(client, issue, "save", q="kelp", **{f"department-{first.pk}-name": ""})
    assert f'value="article:{found.pk}"' in refused.text


def test_nonsense_is_no_order(client: Client, issue: WeeklyIssue) -> None:
    before = slugs(issue)
    answer = press(client, issue, "up:x", order=["i:1", "d:", "z", "i:99999999999999999999999", "d:²"])
    assert answer.status_code == 302
    assert slugs(issue) == before
    assert press(client, issue, "nothing").status_code == 302
    assert press(client, issue, "save", version="old").status_code == 409


def test_what_is_published_is_arranged_no_more(client: Client, issue: WeeklyIssue) -> None:
    form = typed(issue, action="save", version=issue.version + 1)
    issue.publish()
    assert "Correct it instead" in client.get(address(issue), follow=True).text
    answer = client.post(address(issue), form)
    assert "present state: published" in answer.text


def test_the_short_form_is_written_beside_the_text(client: Client, greta: Person, issue: WeeklyIssue) -> None:
    item = issue.items.select_related("article").first()
    assert item
    address = f"/desk/weekly/{issue.pk}/short-form/{item.pk}/"
    page = client.get(address).text
    assert f"{item.article.slug}-01" in page
    seen = re.search(r'name="seen" value="(\w+)"', page)
    assert seen
    form = {"seen": seen[1], "length": "short", "short_form": draftail("Boats left.")}
    assert client.post(address, form).status_code == 302
    item.refresh_from_db()
    assert "Boats left." in item.short_form
    assert item.length == "short"
    late = signed_in(greta).post(address, form | {"short_form": draftail("Ships sailed.")})
    assert late.status_code == 409
    assert "This short form was changed after you opened the page." in late.text
    assert "Ships sailed." in late.text
    assert "Boats left." in late.text
    item.refresh_from_db()
    assert "Boats left." in item.short_form
    faulty = client.post(address, form | {"length": "none"})
    assert f'name="seen" value="{seen[1]}"' in faulty.text, "its writer was not told of Greta's yet"


def draftail(words: str) -> str:
    block = {
        "key": "a1",
        "text": words,
        "type": "unstyled",
        "depth": 0,
        "inlineStyleRanges": [],
        "entityRanges": [],
    }

    return json.dumps({"blocks": [block], "entityMap": {}})
