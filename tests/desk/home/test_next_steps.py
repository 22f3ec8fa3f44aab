"""The list of what a new magazine still needs."""

import re
from typing import Any

import pytest
from django.conf import settings
from django.test import Client

from broadsheet.editorial.models import Article, StandingPage
from tests.desk.home.test_home import signed_in
from tests.magazine import Magazine

STEP = re.compile(r'name="step"\s+value="([\w-]+)"')


def steps_of(client: Client) -> set[str]:
    return set(STEP.findall(client.get("/desk/").text)) - {"all"}


def post(client: Client, step: str, away: str = "yes") -> Any:
    return client.post("/desk/next-steps/", {"step": step, "away": away, "from": "home"})


def test_what_is_there_is_not_asked_for(magazine: Magazine, greta) -> None:
    client = signed_in(greta)
    assert "article" not in steps_of(client)
    assert "pages" not in steps_of(client)
    assert {"second-factor", "backup", "plans", "import", "identity", "description"} <= steps_of(client)

    draft = StandingPage(title="Imprint", slug="imprint", locale=magazine.us.locale, live=False)
    magazine.us.add_child(instance=draft)
    assert "pages" in steps_of(client)
    draft.save_revision().publish()
    assert "pages" not in steps_of(client)
    Article.objects.all().unpublish()
    assert "article" in steps_of(client)


def test_a_backup_ticks_itself_off(magazine: Magazine, greta) -> None:
    from broadsheet.platform import clock
    from broadsheet.platform.processes import backup

    marker = settings.VAR / backup.LAST
    marker.write_text(f"{clock.now():%Y-%m-%dT%H:%M:%S%z}\n")
    try:
        assert "backup" not in steps_of(signed_in(greta))
        marker.write_text("2020-01-01T00:00:00+0000\n")
        assert "backup" in steps_of(signed_in(greta))
    finally:
        marker.unlink()


def test_each_role_gets_its_own(magazine: Magazine, dev, farid) -> None:
    assert steps_of(signed_in(dev)) == {"second-factor"}
    assert steps_of(signed_in(farid)) == {"second-factor", "plans"}


def test_a_person_puts_away_a_step_and_takes_it_back(magazine: Magazine, greta, carla) -> None:
    client = signed_in(greta)
    answer = post(client, "import")
    assert (answer.status_code, answer["Location"]) == (303, "/desk/")
    assert post(client, "import").status_code == 303
    assert "import" not in steps_of(client)

    page = client.get("/desk/next-steps/").text
    assert "Show again: Move in from another system" in page
    post(client, "import", away="no")
    assert "import" in steps_of(client)


def test_the_whole_list_goes_for_one_person_alone(magazine: Magazine, greta, dev) -> None:
    client = signed_in(greta)
    post(client, "all")

    assert steps_of(client) == set()
    assert steps_of(signed_in(dev)) == {"second-factor"}


@pytest.mark.parametrize("step", ["", "nothing", "backup"])
def test_what_is_not_theirs_cannot_be_put_away(magazine: Magazine, dev, step: str) -> None:
    assert post(signed_in(dev), step).status_code == 404
