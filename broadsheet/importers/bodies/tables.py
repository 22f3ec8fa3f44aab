"""A table whose cells hold text alone. Others are kept as they are."""

from lxml import etree

from broadsheet.importers.bodies.credits import plain
from broadsheet.importers.bodies.line import inline
from broadsheet.importers.bodies.pieces import Table
from broadsheet.importers.bodies.sanitising import INLINE
from broadsheet.importers.bodies.texts import has_text_outside_cells, inner, text_of

IN_CELLS = INLINE | {"p", "br", "wbr"}


def plain_table(element: etree._Element, base: str) -> Table | None:
    """None where cells are joined, or hold more than text."""
    cells = element.xpath(".//td|.//th")
    if any(cell.get("colspan", "1") != "1" or cell.get("rowspan", "1") != "1" for cell in cells):
        return None
    if any(part.tag not in IN_CELLS for cell in cells for part in cell.iterdescendants()):
        return None
    if has_text_outside_cells(element):
        return None
    rows = [[inline(inner(cell), base) for cell in row.xpath("./td|./th")] for row in element.xpath(".//tr")]
    rows = [row for row in rows if row]
    width = max(map(len, rows), default=0)
    if not width or any(len(row) != width for row in rows):
        return None
    captions = element.xpath("./caption")
    has_head = all(cell.tag == "th" for cell in element.xpath("(.//tr)[1]/*")) and len(rows) > 1
    # Headings of columns are plain: those with more stay a row.
    head = tuple(rows.pop(0)) if has_head and not any("<" in cell for cell in rows[0]) else ("",) * width
    return Table(
        tuple(plain(cell) for cell in head),
        tuple(map(tuple, rows)),
        text_of(captions[0]) if captions else "",
    )
