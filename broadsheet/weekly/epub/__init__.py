"""Weekly issues as EPUB: plain values in, a file out; and that file with a reader's number."""

from broadsheet.weekly.epub.maker import MAKER
from broadsheet.weekly.epub.stamping import NotStampable, stamp
from broadsheet.weekly.epub.writing import write

__all__ = ["MAKER", "NotStampable", "stamp", "write"]
