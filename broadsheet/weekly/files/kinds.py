"""The kinds of files that come with the program."""

import os
import tempfile
from pathlib import Path

from django.utils.translation import gettext_lazy as _

from broadsheet.weekly import epub
from broadsheet.weekly.content import Issue
from broadsheet.weekly.files.makers import Images, Maker, NotMade, Write, register
from broadsheet.weekly.pdf import numbers, printing
from broadsheet.weekly.pdf.errors import PrintingError
from broadsheet.weekly.pdf.forms import Form

PDFS = {
    Form.PHONE: _("PDF for phones"),
    Form.A4: _("PDF for A4 paper"),
    Form.LETTER: _("PDF for US Letter paper"),
}


def register_all() -> None:
    register(epub.MAKER)
    for form, name in PDFS.items():
        register(
            Maker(
                f"pdf-{form}",
                name,
                _printed_as(form),
                numbers.stamp,
                "application/pdf",
                "pdf",
                form.page.heaviest,
                pages=numbers.pages_of,
            )
        )


def _printed_as(form: Form) -> Write:
    def write(issue: Issue, images: Images) -> Path:
        handle, name = tempfile.mkstemp(prefix="issue-", suffix=".pdf")
        os.close(handle)
        path = Path(name)
        try:
            printing.write(issue, images, form, path)
        except PrintingError as error:
            path.unlink(missing_ok=True)
            raise NotMade(str(error), error.article) from error
        except BaseException:
            path.unlink(missing_ok=True)
            raise
        return path

    return write
