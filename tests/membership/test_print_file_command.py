from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from broadsheet.membership.models import FulfilmentHouse, PrintSubscriber


@pytest.fixture
def house(db: None) -> FulfilmentHouse:
    return FulfilmentHouse.objects.create(name="Quay Mailing", edition="en-us")


def run(*args: object) -> str:
    out = StringIO()
    call_command("print_file", *map(str, args), stdout=out, stderr=StringIO())
    return out.getvalue()


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "paper.csv"
    path.write_text("Number;Postcode\n1;HT1\n2;\n3;HT3\n")
    return path


def test_it_changes_nothing_unless_it_is_told_to(house: FulfilmentHouse, file: Path) -> None:
    said = run("Quay Mailing", file)
    assert "line 3: The postcode is missing." in said
    assert "2 new" in said
    assert "Nothing was changed." in said
    assert not PrintSubscriber.objects.exists()


def test_it_takes_a_file_in_and_ends_as_many_as_it_is_told(house: FulfilmentHouse, file: Path) -> None:
    run("Quay Mailing", file, "--apply")
    assert PrintSubscriber.objects.live().count() == 2
    file.write_text("Number;Postcode\n1;HT1\n")
    with pytest.raises(CommandError, match="Not 2 but 1"):
        run("Quay Mailing", file, "--apply", "--end", 2)
    assert PrintSubscriber.objects.live().count() == 2
    assert "Ended: 1." in run("Quay Mailing", file, "--apply", "--end", 1)
    assert PrintSubscriber.objects.live().count() == 1


def test_what_cannot_be_is_said_in_a_sentence(house: FulfilmentHouse, file: Path, tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="There are: Quay Mailing"):
        run("Another", file)
    with pytest.raises(CommandError, match="can’t be read"):
        run("Quay Mailing", tmp_path / "none.csv")
    with pytest.raises(CommandError, match="--end needs --apply"):
        run("Quay Mailing", file, "--end", 1)
    file.write_bytes(b"\x00\x00")
    with pytest.raises(CommandError, match="no text file"):
        run("Quay Mailing", file)
