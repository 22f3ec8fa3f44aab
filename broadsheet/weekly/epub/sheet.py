"""The style sheet of a file and the fonts that it embeds: those of the magazine's look."""

import re
from pathlib import Path
from string import Template

from django.contrib.staticfiles import finders

from broadsheet.identity.colours import nearest
from broadsheet.identity.look import Look
from broadsheet.platform.style_sheets import merged

SHEET = Path(__file__).with_name("sheet.css")
FACE = re.compile(r"@font-face \{[^}]+\}")
FONT = re.compile(r'url\("\.\./fonts/([\w-]+\.woff2)"\)')
FAMILY = re.compile(r"--(serif|display|sans): ([^;]+);")
GROUNDS = ("#ffffff", "#000000")
"""A reading program may put its own dark page behind, and tell nobody."""


def sheet(look: Look) -> tuple[str, list[tuple[str, bytes]]]:
    """The sheet, and the files that it names, beside it in ``fonts/``."""
    source = merged(look.pairing.base.replace("/base", "/fonts"), _read)
    faces = [face for face in FACE.findall(source) if FONT.search(face)]
    text = Template(SHEET.read_text(encoding="utf-8")).substitute(
        dict(FAMILY.findall(source)),
        faces=FONT.sub(r'url("fonts/\1")', "\n".join(faces)),
        accent=nearest(look.accent, GROUNDS),
    )
    names = sorted(set(FONT.findall(source)))
    return text, [(name, _static(f"platform/fonts/{name}").read_bytes()) for name in names]


def _read(name: str) -> str:
    return _static(name).read_text(encoding="utf-8")


def _static(name: str) -> Path:
    return Path(str(finders.find(name)))
