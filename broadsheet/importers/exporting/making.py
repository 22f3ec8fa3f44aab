"""Makes an export's file: for the command where it is told, for the desk in a process of its own.

It takes as long as there is to read, so that it is no work for a worker, which has letters to send.
"""

import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from time import monotonic

from django.db.models import F
from django.db.models.functions import Least
from django.utils.translation import gettext as _
from django.utils.translation import override

from broadsheet.editorial.models import Article, Edition
from broadsheet.importers.exporting import everything
from broadsheet.importers.exporting.archive import Archive
from broadsheet.importers.exporting.magazine import Magazine
from broadsheet.importers.ghost import writing as ghost
from broadsheet.importers.models import Export
from broadsheet.importers.turns import hold, turn
from broadsheet.importers.wordpress import writing as wordpress
from broadsheet.platform.processes.progress import Advance

FOR_OTHERS = {Export.Form.GHOST: ghost.write, Export.Form.WORDPRESS: wordpress.write}
SECONDS_BETWEEN = 2.0
_begun: list["subprocess.Popen[bytes]"] = []
"""Those that this process began: whoever begins one asks what became of those before."""


@dataclass(frozen=True, slots=True)
class Wanted:
    form: Export.Form
    edition: Edition | None
    """None: all of them."""
    with_readers: bool

    @property
    def steps(self) -> int:
        below = Article.objects.descendant_of(self.edition) if self.edition else Article.objects.all()
        return int(below.count())

    def write(self, path: Path, advance: Advance) -> list[str]:
        """Writes the archive; returns the files that are named and gone. Raises OSError."""
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        with Archive.at(path) as archive:
            if self.edition is None:
                everything.write(archive, advance, with_readers=self.with_readers)
            else:
                # Dates and the words around evidence, in the language of what is read.
                with override(self.edition.locale.language_code):
                    FOR_OTHERS[self.form](
                        archive, Magazine(self.edition), advance, with_readers=self.with_readers
                    )
        return archive.gone


def wanted(export: Export) -> Wanted:
    edition = Edition.objects.get(locale__language_code=export.edition) if export.edition else None
    return Wanted(Export.Form(export.form), edition, export.with_readers)


def begin(export: Export) -> None:
    """In a process that outlives who began it; should it die, `tend` begins another."""
    command = [sys.executable, "-m", "broadsheet.cli", "export", "--of", str(export.pk)]
    _begun[:] = [process for process in _begun if process.poll() is None]
    _begun.append(
        subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
    )


def make(export: Export) -> None:
    with turn(export.turn) as is_ours:
        if not is_ours or not export.is_under_way:
            return
        wish = wanted(export)
        Export.objects.filter(pk=export.pk).update(steps=wish.steps, steps_done=0)
        try:
            gone = wish.write(export.path, _advancing(export))
        except OSError as error:
            export.end(Export.State.FAILED, words=_("The file could not be written: %s.") % error.strerror)
            return
        except Exception as error:
            export.end(
                Export.State.FAILED, words=_("A fault of Broadsheet stopped it: %s.") % type(error).__name__
            )
            raise
        words = _("Files that were gone: %s") % ", ".join(gone) if gone else ""
        export.end(
            Export.State.DONE, size=export.path.stat().st_size, words=words[:500], steps_done=F("steps")
        )


def _advancing(export: Export) -> Advance:
    done, said_at = 0, monotonic()

    def advance(count: int) -> None:
        nonlocal done, said_at
        done += count
        if monotonic() - said_at > SECONDS_BETWEEN:
            said_at = monotonic()
            hold(export.turn)
            Export.objects.filter(pk=export.pk).update(steps_done=Least(F("steps"), done))

    return advance
