"""A weekly issue made by hand, with one of everything that an issue can have, without a database."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path, PurePosixPath
from typing import Any
from uuid import UUID

from PIL import Image as Pillow

from broadsheet.platform.charts.over_time import lines
from broadsheet.platform.charts.ranked import ranked
from broadsheet.platform.charts.series import Series
from broadsheet.weekly.content import (
    Amendment,
    Department,
    Image,
    Issue,
    Length,
    Piece,
    ReadersLetter,
    Reference,
)

STORY = (
    "The ferry leaves at six, before the town is up, and by seven the men who mend the sea wall are out. ",
    "Nobody remembers who decided that it should be mended by hand. The parish has a letter of 1911. ",
    "A machine would do it in a month, says the harbour master, and then it would be the machine’s wall. ",
    "The council has set aside £40,000 a year, which is what a kilometre of road costs in an afternoon. ",
)


def paragraphs(many: int, *, about: str = "") -> str:
    """So many, each of 70 words and none like another."""
    return "".join(
        f"<p>{about}{number + 1}. {''.join(STORY[(number + place) % 4] for place in range(3))}</p>"
        for number in range(many)
    )


def piece(number: int, headline: str, body: str = "", **fields: Any) -> Piece:
    values: dict[str, Any] = {
        "article": 100 + number,
        "uuid": UUID(int=number),
        "anchor": f"a{number}",
        "url": f"https://meridian.example/us/world/a-{number}/",
        "kicker": "Harbours",
        "headline": headline,
        "standfirst": "A wall is mended by hand, as it has been since 1911. It may be the last.",
        "byline": "By Eleanor Vance",
        "dateline": "St Ives",
        "section": "World",
        "kind": "News",
        "published": datetime(2026, 11, 18, 9, 30, tzinfo=UTC),
        "length": Length.FULL,
        "picture": None,
        "body": body,
        "references": (),
        "work": "",
        "methods": "",
        "amendments": (),
        "minutes": 4,
    }
    return Piece(**(values | fields))


def picture(number: int, width: int = 1200, height: int = 800, **fields: Any) -> Image:
    values: dict[str, Any] = {
        "name": f"picture-{number}.jpeg",
        "path": PurePosixPath(f"original_images/{number}.jpeg"),
        "width": width,
        "height": height,
        "alt": f"The sea wall at low tide, picture {number}",
        "caption": "The wall at low tide.",
        "credit": "Photograph: Ana Reyes",
    }
    return Image(**(values | fields))


def originals(folder: Path) -> Callable[[Image], Path]:
    """Where a picture's file is: it is made when it is first asked for."""

    def path_of(image: Image) -> Path:
        made = folder / image.name
        if not made.exists():
            wide = Pillow.linear_gradient("L").resize((image.width, image.height))
            Pillow.merge("RGB", (wide, wide.transpose(Pillow.Transpose.ROTATE_180), wide)).save(made, "JPEG")
        return made

    return path_of


def chart() -> str:
    days = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]
    drawing = lines(
        "Ferries a day",
        days,
        [Series("This week", [4, 6, 5, 7, 9, 3, 2]), Series("A year ago", [3, 4, 4, 5, 6, 3, 2])],
    )
    rows = "".join(f'<tr><th scope="row">{day}</th><td>{n}</td></tr>' for n, day in enumerate(days))
    return (
        '<figure class="chart"><p class="chart-title">More ferries than a year ago</p>'
        f'<p class="small">Ferries a day</p><div class="chart-drawing"><div>{drawing}</div></div>'
        f"<table><tbody>{rows}</tbody></table>"
        '<figcaption>Source: <a href="https://ports.example/">Harbour office</a></figcaption></figure>'
    )


WIDE = (
    "<table><caption>Every tide</caption><thead><tr>"
    + "".join(f'<th scope="col">Station {number}</th>' for number in range(12))
    + "</tr></thead><tbody>"
    + "".join(
        "<tr>" + "".join(f"<td>{row * number}.5 m</td>" for number in range(12)) + "</tr>" for row in range(4)
    )
    + "</tbody></table>"
)
EVERYTHING = f"""
<p>The wall <em>stands</em>, and <strong>has stood</strong>, for a
<a href="https://walls.example/a?b=1&amp;c=2">hundred years</a>.<sup><a href="#ref-1">1</a></sup> See also
<a href="#a2">the quay</a>, H<sub>2</sub>O and 10<sup>6</sup> stones;<sup><a href="#ref-2">2</a></sup>
<q>mind the step</q>.</p>
<h2>How it is mended</h2>
{paragraphs(3)}
<h4>Lime, and what it costs</h4>
<p>Again the same source.<sup><a href="#ref-1">1</a></sup>
#set text(fill: red) is not a command, nor are $x^2$, *stars* and @labels.</p>
<figure><img src="picture-2.jpeg" alt="Stones in a row"/>
<figcaption>Stones, in a row. <span class="credit">Ana Reyes</span></figcaption></figure>
<aside class="pull-quote"><p>It would be the machine’s wall.</p></aside>
<figure class="quotation"><blockquote>
<p>“We mend what we can reach, and the sea does the rest.”</p></blockquote>
<figcaption><b>Tom Bryce</b>, mason <span class="small">St Ives</span></figcaption></figure>
<blockquote class="quotation" lang="ar" dir="rtl"><p>البحر لا ينسى أحدا، ونحن لا ننسى البحر.</p>
<footer>ليلى حداد</footer></blockquote>
<p>She said <span lang="he" dir="rtl">שלום, ים</span> and waved 🌊. The sign reads Ελλάδα, Україна, 東京.</p>
{chart()}
<table><caption>Stones by year</caption>
<thead><tr><th scope="col">Year</th><th scope="col">Stones</th></tr></thead>
<tbody><tr><th scope="row">2024</th><td>1,204</td></tr><tr><th scope="row">2025</th><td>998</td></tr></tbody>
</table>
{WIDE}
<section class="facts"><h3>What is known</h3><ul><li>The wall is 400 metres long.</li>
<li>Two masons are left.</li></ul></section>
<section class="timeline"><h2>A century</h2><dl><dt>1911</dt><dd>The parish asks for lime.</dd>
<dt>2026</dt><dd>The council counts.</dd></dl></section>
<section class="positions"><h2>Lime or concrete?</h2><h3>The council</h3><p>Wants concrete.</p>
<h3>The masons</h3><p class="small">There are two of them.</p><p>Want lime.</p></section>
<ol start="3"><li>Lift.</li><li>Lay.</li></ol>
<hr/>
<div class="question"><p>Who pays?</p><p>The parish, so far.</p></div>
<p>And that is all.</p>
"""

REFERENCES = (
    Reference(
        1,
        "Minutes of the parish",
        "St Ives Archive",
        "https://archive.example/parish/1911/minutes-of-the-vestry?page=12",
        "1911",
    ),
    Reference(2, "How many stones", "Harbour office", "", "May 2026"),
    Reference(3, "Lime", "Journal of Mortar", "https://mortar.example/lime", ""),
)


def handmade(**fields: Any) -> Issue:
    cover, stones, quay = picture(1, 1600, 2000), picture(2), picture(3, 900, 1400)
    lead = piece(
        1,
        "The last wall mended by hand",
        EVERYTHING + paragraphs(9),
        picture=stones,
        references=REFERENCES,
        work="Reported from St Ives",
        methods="We spoke to both masons and read the minutes since 1911.",
        amendments=(Amendment("Correction", date(2026, 11, 19), "The wall is 400 metres long, not 300."),),
    )
    quay_piece = piece(2, "A quay for sale", paragraphs(5), picture=quay, standfirst="")
    short = piece(3, "Lights out at the pier", paragraphs(2), length=Length.SHORT, kicker="")
    told = piece(4, "What the tide took", length=Length.STANDFIRST)
    good = piece(5, "The seals are back", paragraphs(2), byline="")
    numbers = "<p>How the week went, in figures.</p>" + str(
        '<figure class="chart"><p class="chart-title">Fish landed</p><div class="chart-drawing"><div>'
        + ranked("Fish landed", [("Mackerel", 40.0), ("Pilchard", 25.0), ("Hake", 7.0)])
        + "</div></div><figcaption>Source: the market</figcaption></figure>"
    )
    issue = Issue(
        uuid=UUID(int=1),
        magazine="The Meridian",
        motto="The week, told calmly",
        edition="United States",
        language="en-us",
        direction="ltr",
        number=12,
        title="No. 12, November 14 to 20, 2026",
        dates="November 14 to 20, 2026",
        first_day=date(2026, 11, 14),
        last_day=date(2026, 11, 20),
        published=datetime(2026, 11, 21, 6, tzinfo=UTC),
        url="https://meridian.example/us/issues/12/",
        cover=cover,
        cover_lines=("The last wall mended by hand", "A quay for sale", "The seals are back"),
        note="<p>Dear readers,</p><p>this week we went to the sea.</p>",
        note_by="Nell Abernathy, editor",
        departments=(
            Department("World", (lead, quay_piece)),
            Department("In short", (short, told)),
            Department(
                "Letters",
                (),
                (ReadersLetter("I read it all.\n\nTwice.", "Bo Lind", "Oslo", "The last wall"),),
            ),
            Department("The week in numbers", (), (), numbers),
            Department("Good news", (good,)),
        ),
        amendments=(
            Amendment("Correction", date(2026, 11, 16), "A ferry has two decks.", "Across by night"),
        ),
        images=(cover, stones, quay),
        publisher="Meridian Press Ltd",
    )
    return replace(issue, **fields)
