"""Killed, and taken up again: nothing twice, nothing missing."""

import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from zipfile import ZipFile

import pytest
from django.core.files.base import ContentFile

from broadsheet.editorial.models import Article, Picture
from broadsheet.importers.carrying import carrying
from broadsheet.importers.carrying.carrying import carry_out
from broadsheet.importers.exporting import making
from broadsheet.importers.models import Export, Import, Imported, ReaderBatch
from broadsheet.importers.tending import tend
from broadsheet.importers.turns import is_taken, turn
from broadsheet.newsletters.models import Mailbox, SignUp
from broadsheet.platform.models import Lease
from tests.database import address_of_test_database
from tests.importers.conftest import Bring
from tests.importers.old_site import OldSite, png
from tests.importers.wxr import category, item, written

POSTS = 110
"""Two whole batches, and a part of one."""


def test_it_goes_on_between_any_two_batches(
    bring: Bring, old_site: OldSite, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(carrying, "ARTICLES", 5)
    old_site.put("/a.png", png())
    posts = [item(number, '<p>x</p><img src="/a.png">') for number in range(16)]
    moving = bring("wordpress", written(tmp_path, *posts), only_plan=True)
    steps = 0
    while not carry_out(moving, enough=lambda: True, open_to=old_site.open):
        steps += 1
        assert moving.state == Import.State.RUNNING
        assert steps < 50
    assert steps >= 4
    assert Article.objects.filter(slug__startswith="post-").count() == 16
    assert old_site.asked["/a.png"] == 1
    moving.refresh_from_db()
    assert moving.steps_done == moving.steps


@pytest.mark.django_db(transaction=True)
def test_a_command_killed_in_its_middle_goes_on_where_it_was(tmp_path: Path) -> None:
    posts = [item(number, f"<p>Text {number}.</p>", more=category("sea")) for number in range(POSTS)]
    readers = tmp_path / "readers.csv"
    readers.write_text("email\n" + "".join(f"reader{number}@x.example\n" for number in range(50)))
    file = written(tmp_path, *posts)
    command = [sys.executable, "-m", "broadsheet.cli", "import", "wordpress", str(file)]
    environment = os.environ | {"DATABASE_URL": address_of_test_database()}
    killed = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL)
    wait_for(lambda: Article.objects.filter(slug__startswith="post-").exists() or killed.poll() is not None)
    os.kill(killed.pid, signal.SIGKILL)
    killed.wait()
    moving = Import.objects.get()
    assert moving.state in {Import.State.RUNNING, Import.State.DONE}
    again = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    assert (
        f"Import {moving.pk} goes on where it was stopped." in again.stdout
        or moving.state == Import.State.DONE
    )
    assert Article.objects.filter(slug__startswith="post-").count() == POSTS
    assert Imported.objects.filter(kind="article", state="done").count() == POSTS
    assert len(set(Article.objects.filter(slug__startswith="post-").values_list("title", flat=True))) == POSTS


@pytest.mark.django_db(transaction=True)
def test_an_export_killed_in_its_middle_is_begun_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", address_of_test_database())
    monkeypatch.setenv("DJANGO_SETTINGS_MODULE", "broadsheet.settings")  # else its state would be elsewhere
    picture = Picture.objects.create(title="pier", file=ContentFile(png(), "pier.png"))
    file = Path(picture.file.path)
    data = file.read_bytes()
    file.unlink()
    os.mkfifo(file)  # nobody writes to it: whoever reads it waits
    export = Export.objects.create(form=Export.Form.EVERYTHING)
    unfinished = export.path.with_name(f".{export.path.name}.unfinished")
    tend()
    wait_for(lambda: unfinished.exists() and is_taken(export.turn))
    tend()  # it is under way: no second one
    (process,) = making._begun
    process.kill()
    wait_for(lambda: not is_taken(export.turn))
    assert not export.path.exists()
    file.unlink()
    file.write_bytes(data)
    tend()
    wait_for(lambda: Export.objects.get().state == Export.State.DONE)
    for process in making._begun:
        process.wait()
    with ZipFile(export.path) as archive:
        assert archive.testzip() is None
        assert f"pictures/{picture.pk}-{file.name}" in archive.namelist()
    assert not unfinished.exists()
    shutil.rmtree(export.path.parent)


def wait_for(holds: object) -> None:
    assert callable(holds)
    end = time.monotonic() + 120
    while not holds():
        assert time.monotonic() < end
        time.sleep(0.05)


def test_readers_come_in_batches_that_are_whole(bring: Bring, tmp_path: Path) -> None:
    file = tmp_path / "list.csv"
    file.write_text("email\n" + "".join(f"reader{number}@x.example\n" for number in range(5_300)))
    moving = bring("readers", file, only_plan=True)
    assert not carry_out(moving, enough=lambda: True)
    assert Mailbox.objects.filter(address__endswith="@x.example").count() == 5000
    while not carry_out(moving, enough=lambda: True):
        pass
    assert SignUp.objects.filter(mailbox__address__endswith="@x.example").count() == 5_300
    assert ReaderBatch.objects.count() == 2


def test_one_process_at_a_time(bring: Bring, tmp_path: Path) -> None:
    moving = bring("wordpress", written(tmp_path, item(1, "x")), only_plan=True)
    with turn(moving.turn) as is_ours:
        assert is_ours
        Lease.objects.filter(name=f"importers.{moving.pk}").update(holder="another.example:1")
        with turn(moving.turn) as is_ours_too:
            assert not is_ours_too


def test_what_a_dead_worker_left_is_found_again(bring: Bring, tmp_path: Path) -> None:
    moving = bring("wordpress", written(tmp_path, item(1, "x")), only_plan=True)
    moving.go_to(Import.State.RUNNING, only_from=(Import.State.PLANNED,))
    Import.objects.filter(pk=moving.pk).update(is_uploaded=True)
    moving.refresh_from_db()
    moving.folder.mkdir(parents=True, exist_ok=True)
    (moving.folder / "old.xml").write_bytes(Path(moving.files[0]).read_bytes())
    Import.objects.filter(pk=moving.pk).update(files=["old.xml"])
    tend()
    moving.refresh_from_db()
    assert moving.state == Import.State.DONE
