"""A folder of one's own: templates in place of ours, apps with blocks and addresses, what upgrades change."""

import json
from pathlib import Path
from textwrap import dedent

import pytest
from django.core.management import CommandError, call_command
from pytest_django import Settings

from broadsheet.environment import Malformed
from broadsheet.environment.own import Own
from broadsheet.platform.overriding import check_overrides, overrides
from tests.platform.conftest import Read, refusal, run

NAME = "editorial/lists/opening_soon.html"


@pytest.fixture
def own(tmp_path: Path, settings: Settings) -> Own:
    settings.OWN = Own.at(str(tmp_path), tmp_path)
    return settings.OWN


def test_an_original_is_copied_to_be_changed_and_its_changes_are_told(
    own: Own, capsys: pytest.CaptureFixture[str]
) -> None:
    call_command("override", NAME)
    (mine,) = overrides(own)
    assert mine.original
    assert mine.file.read_bytes() == mine.original.read_bytes()
    mine.file.write_text("<p>Ours opens in May.</p>")
    assert check_overrides() == []

    mine.copy.write_text("<p>As it was before the upgrade.</p>\n")
    (warning,) = check_overrides()
    assert f"the original of templates/{NAME} has changed" in warning.msg
    capsys.readouterr()
    call_command("override", NAME, diff=True)
    assert "-<p>As it was before the upgrade.</p>" in capsys.readouterr().out

    call_command("override", NAME, seen=True)
    assert check_overrides() == []
    assert mine.file.read_text() == "<p>Ours opens in May.</p>"


def test_one_that_nobody_noted_is_named_and_new_files_are_not(own: Own) -> None:
    (own.templates / "editorial/lists").mkdir(parents=True)
    (own.templates / NAME).write_text("<p>Soon.</p>")
    (own.templates / "house.html").write_text("<p>Only ours.</p>")

    (warning,) = check_overrides()
    assert f"templates/{NAME} stands in place of ours" in warning.msg


def test_an_original_that_is_gone_is_a_change(own: Own) -> None:
    call_command("override", NAME)
    (mine,) = overrides(own)
    gone = own.templates / "editorial/gone.html"
    mine.file.rename(gone)
    mine.copy.rename(own.originals / "templates/editorial/gone.html")

    (warning,) = check_overrides()
    assert "templates/editorial/gone.html has changed" in warning.msg
    call_command("override", "editorial/gone.html", seen=True)
    assert check_overrides() == []


def test_static_files_are_overridden_alike(own: Own) -> None:
    call_command("override", "static/platform/favicon.svg")

    assert (own.static / "platform/favicon.svg").is_file()
    assert [one.kind for one in overrides(own)] == ["static"]


def test_what_is_there_is_never_written_over(own: Own) -> None:
    call_command("override", NAME)
    (own.templates / NAME).write_text("mine")
    with pytest.raises(CommandError, match="is there already"):
        call_command("override", NAME)

    assert (own.templates / NAME).read_text() == "mine"


@pytest.mark.parametrize("name", ["editorial/nothing.html", ""])
def test_a_name_that_is_none_is_refused(own: Own, name: str) -> None:
    with pytest.raises(CommandError, match="no template and no static file"):
        call_command("override", name)


def test_without_a_folder_there_is_nothing_to_override() -> None:
    with pytest.raises(CommandError, match="OWN_DIR"):
        call_command("override", NAME)
    assert check_overrides() == []


HOUSE = {
    "__init__.py": "",
    "apps.py": """
        from django.apps import AppConfig

        class HouseConfig(AppConfig):
            name = "house"

            def ready(self):
                from broadsheet.platform.slots import fill

                fill("front.below", 90, "house/motto.html")
        """,
    "blocks.py": """
        from wagtail import blocks

        class MapBlock(blocks.StructBlock):
            place = blocks.CharBlock()

            class Meta:
                template = "house/map.html"

        BLOCKS = [("map", MapBlock())]
        """,
    "urls.py": """
        from django.http import HttpResponse
        from django.urls import path

        urlpatterns = [path("house/", lambda request: HttpResponse("Our house"))]
        """,
    "templates/house/map.html": "<p>A map of {{ value.place }}</p>",
    "templates/house/motto.html": "<p>Our house</p>",
}
ASKED = """
import json, django
django.setup()
from django.template.loader import get_template
from django.test import RequestFactory
from django.urls import resolve
from broadsheet.editorial.models import Article, StandingPage
from broadsheet.editorial.opening import plain_text

page = StandingPage._meta.get_field("body").stream_block
body = Article._meta.get_field("body").stream_block
value = body.to_python([{"type": "map", "value": {"place": "Hull"}}])
print(json.dumps({
    "blocks": ["map" in body.child_blocks, "map" in page.child_blocks],
    "shown": value[0].render(),
    "words": plain_text(value[0].value),
    "page": resolve("/house/").func(None).content.decode(),
    "template": get_template("editorial/lists/opening_soon.html").render(),
}))
"""


def house(folder: Path, name: str = "house") -> Path:
    for path, text in HOUSE.items():
        (folder / name / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / name / path).write_text(dedent(text))
    return folder


def test_an_app_of_ones_own_brings_blocks_addresses_and_templates(tmp_path: Path) -> None:
    house(tmp_path)
    (tmp_path / "templates/editorial/lists").mkdir(parents=True)
    (tmp_path / "templates" / NAME).write_text("<p>Ours opens in May.</p>")
    answer = run("-c", ASKED, OWN_DIR=str(tmp_path), DJANGO_SETTINGS_MODULE="broadsheet.settings")

    assert answer.returncode == 0, answer.stderr
    assert json.loads(answer.stdout) == {
        "blocks": [True, True],
        "shown": "<p>A map of Hull</p>",
        "words": "Hull",
        "page": "Our house",
        "template": "<p>Ours opens in May.</p>",
    }


def test_a_folder_that_is_not_there_is_refused(read: Read) -> None:
    assert "OWN_DIR=/nowhere can’t be used: there is no such folder" in refusal(read, OWN_DIR="/nowhere")


@pytest.mark.parametrize("name", ["json", "two-words", "broadsheet"])
def test_an_app_with_the_name_of_something_else_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(Malformed, match=f"the app {name} needs another name"):
        Own.at(str(house(tmp_path, name)), tmp_path).make_importable()


def test_a_block_with_the_name_of_one_of_ours_is_refused(tmp_path: Path, settings: Settings) -> None:
    from django.core.exceptions import ImproperlyConfigured

    from broadsheet.editorial.body import BodyBlock

    folder = house(tmp_path, "lodge")
    blocks = folder / "lodge/blocks.py"
    blocks.write_text(blocks.read_text().replace('("map"', '("text"'))
    settings.OWN = Own.at(str(folder), tmp_path)
    settings.OWN.make_importable()
    with pytest.raises(ImproperlyConfigured, match=r"lodge\.blocks adds a block text"):
        BodyBlock()
