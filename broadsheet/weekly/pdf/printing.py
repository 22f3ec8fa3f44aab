"""From an issue to a PDF that can be stamped."""

import json
import logging
import shutil
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time
from pathlib import Path

from django.utils import translation

from broadsheet.platform.typesetting import FONTS, printable
from broadsheet.weekly.content import Department, Image, Issue, Piece
from broadsheet.weekly.pdf.copy import copy_of
from broadsheet.weekly.pdf.errors import PrintingError
from broadsheet.weekly.pdf.forms import Form
from broadsheet.weekly.pdf.numbers import prepare
from broadsheet.weekly.pdf.places import Places
from broadsheet.weekly.pdf.program import Set, SetterError, run
from broadsheet.weekly.pdf.rare import TEMPLATES, rare_in

log = logging.getLogger(__name__)

SECONDS = 180
"""For all of an issue."""
SECONDS_ALONE = 20
"""For one article, when one is looked for that fails."""
FEWER_DOTS = (0, 200, 130, 80)
"""An inch of pictures: as the form has it, then fewer while the file is too heavy."""

type Images = Callable[[Image], Path]


@dataclass(frozen=True, slots=True)
class Printed:
    file: Path
    pages: int
    unprintable: str
    """Characters that no face of ours has, each once: a crossed box stands for them."""


def write(issue: Issue, images: Images, form: Form, to: Path) -> Printed:
    """Writes the issue to `to`; nothing is there if it fails. Raises PrintingError."""
    with translation.override(issue.language), tempfile.TemporaryDirectory(prefix="weekly-pdf-") as folder:
        for place, dots in enumerate(FEWER_DOTS):
            work = Path(folder) / str(place)
            try:
                made = _set(issue, images, form, work, dots, SECONDS)
            except SetterError as error:
                raise _traced(issue, images, form, Path(folder), error) from error
            if made.file.stat().st_size <= form.page.heaviest * 0.97:
                break
        pdf = made.file.read_bytes()
        partial = to.with_name(f"{to.name}.part")
        with partial.open("wb") as kept:
            kept.write(pdf)
            kept.write(prepare(pdf))
        partial.replace(to)
        return Printed(to, made.pages, made.unprintable)


def _set(issue: Issue, images: Images, form: Form, work: Path, dots: int, seconds: int) -> Set:
    shutil.copytree(TEMPLATES, work)
    copy = printable(copy_of(issue, Places(form, images, work, dots or form.page.dots)))
    page = form.page
    moment = issue.published or datetime.combine(issue.first_day, time(), UTC)
    copy["setter"] = {
        "fonts": str(FONTS),
        "rare": rare_in([json.dumps(copy, ensure_ascii=False)]),
        "timestamp": moment.replace(microsecond=0).isoformat(),
        "page": {
            "top": page.top,
            "inside": page.inside,
            "outside": page.outside,
            "text_width": page.text_width,
            "text_height": page.text_height,
            "gutter": page.gutter,
            "hero": page.hero,
        },
    }
    (work / "copy.json").write_text(json.dumps(copy, ensure_ascii=False))
    return run(work, seconds)


def _traced(issue: Issue, images: Images, form: Form, folder: Path, fault: SetterError) -> PrintingError:
    """The fault with the article that it is in: the first that can't be set by itself either."""
    log.warning("setting a weekly issue failed: %s", fault)
    for piece in issue.pieces:
        try:
            _set(_alone(issue, piece), images, form, folder / piece.anchor, 72, SECONDS_ALONE)
        except SetterError as error:
            sentence = PrintingError.FAILED if error.in_time else PrintingError.TOO_LONG
            return PrintingError(sentence, piece.article, str(error))
        finally:
            shutil.rmtree(folder / piece.anchor, ignore_errors=True)
    return PrintingError(
        PrintingError.OF_NO_ARTICLE if fault.in_time else PrintingError.TOO_LONG, None, str(fault)
    )


def _alone(issue: Issue, piece: Piece) -> Issue:
    department = Department(name="", pieces=(piece,))
    return replace(issue, cover=None, note="", departments=(department,), amendments=())
