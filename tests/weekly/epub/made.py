"""A weekly issue made by hand, with everything in it that is hard to set, and its pictures."""

from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path, PurePosixPath
from random import Random
from typing import Any
from uuid import UUID

from PIL import Image as Drawn
from PIL import ImageDraw, ImageFilter

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

PICTURE = Image(
    name="picture-1.jpeg",
    path=PurePosixPath("originals/harbour.jpg"),
    width=2400,
    height=1600,
    alt="Cranes over the harbour at dawn",
    caption="The harbour of Aldmouth & its cranes",
    credit="Nadia Osei / Tidewater Pictures",
)
DRAWING = Image(
    name="picture-2.png",
    path=PurePosixPath("originals/map.png"),
    width=800,
    height=600,
    alt="A map of the two canals",
)
"""Without a credit, and transparent."""

CHART = """<figure class="chart"><p class="chart-title">Ships a day</p>
<svg xmlns="http://www.w3.org/2000/svg" class="plot" width="100%" height="232" role="img">
<title>Ships a day</title><desc>From Monday to Wednesday.</desc>
<line class="plot-rule plot-zero" x1="0" x2="100%" y1="208" y2="208"/>
<text class="plot-tick" x="-8" y="208" dy="0.35em" text-anchor="end">0</text>
<line class="plot-rule" x1="0" x2="100%" y1="8" y2="8"/>
<text class="plot-tick" x="-8" y="8" dy="0.35em" text-anchor="end">40</text>
<rect class="plot-1" x="4.67%" y="108" width="24%" height="100"/>
<rect class="plot-1" x="38%" y="58" width="24%" height="150"/>
<rect class="plot-2" x="71.33%" y="8" width="24%" height="200"/>
<text class="plot-tick" x="16.67%" y="226" text-anchor="middle">Mon</text>
<text class="plot-tick" x="50%" y="226" text-anchor="middle">Tue</text>
<text class="plot-tick" x="83.33%" y="226" text-anchor="middle">Wed</text>
<rect class="plot-place" x="0%" y="0" width="33%" height="208" fill="none" pointer-events="all"/>
</svg>
<table><thead><tr><th scope="col">Day</th><th scope="col">Ships</th></tr></thead>
<tbody><tr><th scope="row">Mon</th><td>20</td></tr><tr><th scope="row">Tue</th><td>30</td></tr>
<tr><th scope="row">Wed</th><td>40</td></tr></tbody></table>
<figcaption>Source: Harbour Office</figcaption></figure>"""

WIDE = (
    '<figure class="table"><table><caption>Tolls by month</caption><thead><tr><th scope="col">Port</th>'
    + "".join(f'<th scope="col">Month {month}</th>' for month in range(1, 15))
    + "</tr></thead><tbody>"
    + "".join(
        f'<tr><th scope="row">Port {port}</th>'
        + "".join(f"<td>{port * 1000 + month}</td>" for month in range(14))
        + "</tr>"
        for port in range(1, 5)
    )
    + "</tbody></table></figure>"
)

BODY = f"""<p>The strait opened again on <b>Wednesday</b>, and with it the market.<sup><a
href="#ref-1">1</a></sup> Shippers spoke of <i>“a first tide”</i>; the Harbour Office counted 40
ships.<sup><a href="#ref-3">3</a></sup></p>
<h2>What changed</h2>
<p>Tolls fell twice,<sup><a href="#ref-1">1</a></sup> as
<a href="https://meridian.example/tolls">we reported</a>,
and a <a href="https://elsewhere.example/a b?q=“x”">study</a> says why.
A link to <a href="#nowhere">nothing</a>.</p>
<blockquote lang="ar" dir="rtl"><p>عاد المضيق مفتوحًا، وعادت معه السوق.</p></blockquote>
<figure class="quotation"><blockquote><p>“Nobody here believed it until the tugs moved.”</p></blockquote>
<figcaption><b>Ilse Marant</b>, harbour master
<span class="small">Aldmouth, 18 November 2026</span></figcaption></figure>
<figure><img src="picture-2.png"/><figcaption>Two canals
<span class="credit">Credit unknown</span></figcaption></figure>
<figure><img src="picture-99.jpeg" alt="Gone"/>
<figcaption>A picture that the issue lacks</figcaption></figure>
<aside class="pull-quote"><p>The market is not the sea, but it breathes with it.</p></aside>
{CHART}{WIDE}
<section class="facts"><h2>The strait in figures</h2><ol>
<li>34 nautical miles long<sup><a href="#ref-3">3</a></sup></li>
<li>A fifth of the world’s grain 🌾 passes here</li></ol></section>
<section class="timeline"><h2>How it came about</h2><dl><dt>March</dt><dd>The first tolls.</dd><dt>June</dt>
<dd>The blockade.</dd></dl></section>
<section class="positions"><h2>Should the tolls go?</h2><h3>The shippers</h3>
<p class="small">A league of 40 lines</p>
<p>All of them.</p></section>
<hr/><p>Rubbish &amp; &lt;rubble&gt; went overboard. Water is H<sub>2</sub>O.</p>"""


def piece(anchor: str = "a1", **fields: Any) -> Piece:
    made = Piece(
        article=int(anchor.lstrip("a")),
        uuid=UUID(int=int(anchor.lstrip("a"))),
        anchor=anchor,
        url=f"https://meridian.example/{anchor}",
        kicker="World",
        headline="A truce at the strait",
        standfirst="Ships pass again, and with them the question of who is paid for it.",
        byline="By Nadia Osei and Tom Reyes",
        dateline="Aldmouth",
        section="World",
        kind="News",
        published=datetime(2026, 11, 18, 6, 30, tzinfo=UTC),
        length=Length.FULL,
        picture=None,
        body="<p>The strait opened again on Wednesday.</p>",
        references=(),
        work="",
        methods="",
        amendments=(),
        minutes=4,
    )
    return replace(made, **fields)


def long_piece() -> Piece:
    return piece(
        "a1",
        picture=PICTURE,
        body=BODY,
        references=(
            Reference(
                1,
                "Tolls of the strait",
                "Harbour Office",
                "https://harbour.example/tolls?a=1&b=2",
                "May 2026",
            ),
            Reference(3, "A day’s count", "", "", "18 November 2026"),
        ),
        work="Reported on the spot",
        methods="We spoke with nine captains.\n\nTwo of them asked for their names to be left out.",
        amendments=(Amendment("Correction", date(2026, 11, 19), "The strait is 34 miles long, not 43."),),
    )


def issue(*departments: Department, **fields: Any) -> Issue:
    made = Issue(
        uuid=UUID(int=12),
        magazine="The Meridian",
        motto="The week, from more than one side",
        edition="en-gb",
        language="en-gb",
        direction="ltr",
        number=12,
        title="No. 12, 14 to 20 November 2026",
        dates="14 to 20 November 2026",
        first_day=date(2026, 11, 14),
        last_day=date(2026, 11, 20),
        published=datetime(2026, 11, 20, 5, 0, tzinfo=UTC),
        url="https://meridian.example/issues/12",
        cover=None,
        cover_lines=("A truce at the strait", "Who pays for the tide?"),
        note="",
        note_by="",
        departments=departments or (Department("World", (piece(),)),),
        publisher="Meridian Press Ltd",
    )
    return replace(made, **fields)


def whole() -> Issue:
    return issue(
        Department(
            "World",
            (
                long_piece(),
                piece(
                    "a2",
                    headline="The tolls, in short",
                    url="https://meridian.example/tolls",
                    length=Length.SHORT,
                ),
            ),
        ),
        Department(
            "Ideas",
            (
                piece(
                    "a3",
                    headline="Rules & <em>exceptions</em>, 🎈 and a headline that runs on and on",
                    length=Length.STANDFIRST,
                    body="",
                    kicker="",
                ),
            ),
        ),
        Department(
            "Letters",
            (),
            letters=(
                ReadersLetter(
                    "I sail there.\n\nIt is <not> so.", "R. Amsel", "Aldmouth", "A truce at the strait"
                ),
                ReadersLetter("More of this, please.", "J. Bird", "", ""),
            ),
        ),
        Department("The week in numbers", (), numbers=f"<h2>Ships</h2>{CHART}"),
        cover=PICTURE,
        images=(PICTURE, DRAWING),
        note="<p>This week the strait opened. See <a href='#a1'>our report</a>.</p>",
        note_by="Edith Marlow, editor",
        amendments=(
            Amendment(
                "Correction", date(2026, 11, 16), "Aldmouth has 90,000 inhabitants.", "A city counts itself"
            ),
        ),
    )


class Originals:
    """Draws originals in `folder` when they are asked for."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def __call__(self, image: Image) -> Path:
        path = self.folder / image.path.name
        if not path.exists():
            size = (image.width, image.height)
            if path.suffix == ".png":
                drawn = Drawn.new("RGBA", size)
                ImageDraw.Draw(drawn).line((0, 0, *size), fill="black", width=20)
                drawn.save(path)
            else:
                photo(size).save(path, exif=location())
        return path


def photo(size: tuple[int, int]) -> Drawn.Image:
    """As much to compress as in a photograph: noise, softened, over a gradient."""
    grains = (size[0] // 4, size[1] // 4)
    random = Random(12).randbytes(grains[0] * grains[1])  # noqa: S311 (the same each time)
    noise = Drawn.frombytes("L", grains, random).resize(size).filter(ImageFilter.GaussianBlur(1))
    return Drawn.merge("RGB", (noise, Drawn.linear_gradient("L").resize(size), noise.rotate(180)))


def location() -> Drawn.Exif:
    exif = Drawn.Exif()
    exif[0x010F] = "A camera that knows where it was"
    return exif
