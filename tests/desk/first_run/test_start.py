"""`broadsheet start`: the same questions in a terminal."""

from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from broadsheet.desk.first_run import link
from broadsheet.editorial.models import Edition, Publication
from broadsheet.people.models import Person

OPTIONS = {
    "name": "The Gazette",
    "section": "World",
    "time_zone": "Europe/London",
    "sender": "letters@gazette.example",
    "person_name": "Ilse Marr",
    "email": "ilse@gazette.example",
}


def start(**options: Any) -> str:
    said = StringIO()
    call_command("start", stdout=said, **({"no_input": True} | options))
    return said.getvalue()


@pytest.mark.usefixtures("nothing")
def test_options_answer_all(tmp_path: Path) -> None:
    (tmp_path / "password").write_text("nine green wagons roll\n")
    said = start(**OPTIONS, editions=["en-gb"], password=str(tmp_path / "password"))

    assert said.startswith(
        "The Gazette US: http://localhost:8000/\nThe Gazette GB: http://localhost:8000/uk/\n"
    )
    assert [edition.currency for edition in Edition.objects.order_by("pk")] == ["USD", "GBP"]
    assert Person.objects.get().check_password("nine green wagons roll")


@pytest.mark.usefixtures("nothing")
def test_without_a_password_one_signs_in_by_code() -> None:
    start(**OPTIONS)

    assert not Person.objects.get().has_usable_password()
    assert Person.objects.get().is_superuser


@pytest.mark.usefixtures("nothing")
def test_a_second_run_changes_nothing() -> None:
    start(**OPTIONS)
    said = start(**OPTIONS | {"name": "Another", "email": "eve@evil.example"})

    assert "The Gazette is set up." in said
    assert str(Publication.load()) == "The Gazette"
    assert Person.objects.count() == 1


@pytest.mark.usefixtures("nothing")
@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("name", None, "--name: Enter the name of the magazine."),
        ("time_zone", "London", "--time-zone: “London” is no time zone. Choose one such as Europe/London."),
        ("currency", "GDP", "--currency: “GDP” is no currency. Choose one such as EUR."),
        ("editions", ["de"], "--edition: "),
        ("email", "ilse", "--email: "),
        ("password", "/nowhere", "--password-file: /nowhere can’t be read"),
    ],
)
def test_a_wrong_option_is_named_and_nothing_is_made(field: str, value: Any, said: str) -> None:
    with pytest.raises(CommandError, match=said.replace(".", r"\.")):
        start(**OPTIONS | {field: value})

    assert not Edition.objects.exists()
    assert not Person.objects.exists()


@pytest.mark.usefixtures("nothing")
def test_a_short_password_in_the_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "password").write_text("short\n")
    with pytest.raises(CommandError, match=r"--password-file: .*too short"):
        start(**OPTIONS, password=str(tmp_path / "password"))


@pytest.mark.usefixtures("nothing")
def test_the_link_is_printed_again() -> None:
    assert start(link=True).strip() == link.address()


@pytest.mark.usefixtures("nothing")
def test_where_somebody_works_already_there_is_no_link_and_nobody_is_asked_for_an_account() -> None:
    Person.objects.create_superuser("ops@gazette.example")
    with pytest.raises(CommandError, match="there is no link"):
        start(link=True)
    start(name="The Gazette", sender="letters@gazette.example")

    assert Edition.objects.exists()
    assert Person.objects.count() == 1
