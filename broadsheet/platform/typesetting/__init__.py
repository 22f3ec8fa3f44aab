"""What Typst sets type with: our faces, and text that it can be asked to set."""

from pathlib import Path

from broadsheet.platform.typesetting.characters import REPLACEMENT, printable

__all__ = ["FONTS", "REPLACEMENT", "printable"]

FONTS = Path(__file__).parent / "fonts"
