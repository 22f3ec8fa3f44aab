"""The fenced blocks of docs/*.md.

What stands behind a block's language says what it is. Nothing: commands, which the walk in test_install.py
runs. A path: the file that the reader is to write. ``example``: neither.
"""

import re
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
DOCUMENTS = sorted((ROOT / "docs").glob("*.md"))
FENCED = re.compile(r"^```(\w*) ?(.*)\n((?:.*\n)*?)^```$", re.MULTILINE)


@dataclass(frozen=True)
class Block:
    document: str
    language: str
    kind: str
    text: str

    @property
    def is_example(self) -> bool:
        return self.kind == "example"

    @property
    def path(self) -> str:
        """Of the file that it is; empty where it is none."""
        return self.kind if self.kind.startswith("/") else ""

    @property
    def commands(self) -> list[str]:
        return [] if self.kind else self.text.splitlines()


def blocks(document: str) -> list[Block]:
    text = (ROOT / "docs" / document).read_text()
    return [Block(document, *found) for found in FENCED.findall(text)]
