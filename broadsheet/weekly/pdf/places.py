"""Pictures and tables in the room that there is for them.

Places are “hero” (across a page that an article opens), “column” (of two) and “narrow” (of three).
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from django.utils.translation import gettext as _

from broadsheet.weekly.content import Image
from broadsheet.weekly.pdf.errors import PrintingError
from broadsheet.weekly.pdf.forms import Form
from broadsheet.weekly.pdf.nodes import Node, as_words
from broadsheet.weekly.pdf.pictures import PictureError, fit

TALLEST = 1.3
"""Height of a picture in a column, of its width; a taller one is cut."""
LETTER = 0.3528 * 0.54
"""Width in millimetres of a letter that is one point high, as a rule."""


@dataclass
class Places:
    """Writes pictures into `folder`, each once in each size."""

    form: Form
    images: Callable[[Image], Path]
    folder: Path
    dots: int
    printed: dict[str, tuple[int, int]] = field(default_factory=dict)

    def lead(self, image: Image, place: str) -> Node:
        node = {
            "name": image.name,
            "alt": image.alt,
            "caption": as_words(image.caption),
            "credit": as_words(image.credit),
        }
        if place != "hero":
            return node | self.column(image, place)
        page = self.form.page
        natural = page.text_width * image.height / max(1, image.width)
        least, usual, most = page.hero
        return node | {
            **self.print(image, page.text_width, min(most, natural * 1.4)),
            "natural": max(least, min(usual, natural)),
        }

    def column(self, image: Image, place: str) -> Node:
        page = self.form.page
        width = page.text_width if self.form is Form.PHONE else page.column(3 if place == "narrow" else 2)
        printed = self.print(image, width, width * min(TALLEST, image.height / max(1, image.width)))
        return printed | {"share": min(TALLEST, printed["tall"])}

    def print(self, image: Image, width: float, height: float) -> Node:
        """The file's name in `folder`, its height by its width, and its focus. Raises PrintingError."""
        name = f"{Path(image.name).stem}-{round(width)}-{round(height)}.jpeg"
        if name not in self.printed:
            try:
                self.printed[name] = fit(self.images(image), self.folder / name, width, height, self.dots)
            except PictureError as error:
                sentence = _("The picture “{name}” can’t be read.").format(name=image.name)
                raise PrintingError(sentence, said=str(error)) from error
        across, down = self.printed[name]
        return {"file": name, "tall": down / across, "focus": image.focus}

    def table(self, node: Node, place: str) -> None:
        """In the column if it fits there, else across the page, at last turned; in readable type."""
        page = self.form.page
        columns = 1 if self.form is Form.PHONE else (3 if place == "narrow" else 2)
        for where, width, sizes in (
            ("column", page.column(columns), (8.0, 7.4)),
            ("span", page.text_width, (8.2, 7.4, 6.8)),
            ("turn", page.text_height - 10, (8.0, 7.2, 6.4, 5.6)),
        ):
            for points in sizes:
                letters = width / (points * LETTER)
                if node["least"] <= letters and (where != "column" or node["wanted"] <= letters * 1.6):
                    node |= {"place": where, "points": points}
                    return
        node |= {"place": "turn", "points": 5.0}
