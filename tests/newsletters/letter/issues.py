"""Rendered issues of all kinds: what the tests of letters, and the checker of the W3C, look at."""

from dataclasses import replace

from broadsheet.newsletters.letter.contents import Contents, Photo, Story
from broadsheet.newsletters.letter.rendering import Places, Rendered, render

PLACES = Places(
    "https://magazine.example/newsletters/{{reader}}/", "https://magazine.example/leave/{{reader}}/"
)
PHOTO = Photo(
    address="https://magazine.example/pictures/train.jpg",
    width=1280,
    height=720,
    alt="A berth by a window at dawn",
    credit="Ilse Marr / The Meridian",
)


def story(number: int = 1, **fields: object) -> Story:
    given: dict[str, object] = {
        "headline": f"Night train {number} comes back",
        "link": f"https://magazine.example/c/{number}",
        "standfirst": "Six countries are ordering carriages, and the timetable is the hard part.",
        "kicker": "Europe",
        "photo": PHOTO,
        "is_lead": number == 1,
    }
    return Story(**(given | fields))  # type: ignore[arg-type]


def contents(**fields: object) -> Contents:
    given: dict[str, object] = {
        "publication": "The Meridian",
        "home": "https://magazine.example/",
        "newsletter": "Morning Briefing",
        "language": "en-GB",
        "subject": "Six countries order night trains",
        "preheader": "And: the fence that hums",
        "dated": "Tuesday 3 March 2026 · No. 41",
        "note": "<p>Good morning. It is <b>cold</b> on the platforms.</p>",
        "signature": "Edith Moreau",
        "stories": tuple(story(number) for number in range(1, 4)),
        "web": "https://magazine.example/newsletters/briefing/41/",
        "postal_address": "1 Quay Street, Port Ellery",
        "why": "You get this because you signed up for Morning Briefing.",
    }
    return Contents(**(given | fields))  # type: ignore[arg-type]


HOSTILE = "</td></table><script>alert(1)</script>{{leave}} {% if %} \r\nBcc: all@example.com\u202e"

ISSUES = {
    "plain": contents(),
    "long": contents(
        stories=tuple(story(n, standfirst="A long day on the line. " * 12) for n in range(1, 31)),
        body="<h2>More</h2>" + "<p>The tide went out over the flats that morning.</p>" * 60,
    ),
    "without pictures": contents(stories=tuple(story(n, photo=None) for n in range(1, 6))),
    "without stories": contents(stories=(), body="<p>A letter by hand.</p>"),
    "from the right": contents(
        language="ar",
        newsletter="نشرة الصباح",
        subject="عودة قطار الليل",
        stories=(story(1, headline="عودة قطار الليل", standfirst="ست دول تطلب عربات جديدة."), story(2)),
    ),
    "emoji": contents(
        subject="Trains 🚆👩🏽‍🚀🇬🇧", newsletter="Good News ☀️", stories=(story(1, headline="🚆"),)
    ),
    "hostile": contents(
        subject=HOSTILE,
        preheader=HOSTILE,
        newsletter=HOSTILE,
        publication=HOSTILE,
        note=f"<p onclick='x'>{HOSTILE}<div style='position:fixed'><b>unclosed",
        signature=HOSTILE,
        postal_address=HOSTILE,
        stories=(story(1, headline=HOSTILE * 3, standfirst=HOSTILE, source=HOSTILE),),
    ),
    "elsewhere": contents(
        stories=(story(1), story(2, source="The Gazette", photo=replace(PHOTO, credit="")))
    ),
}


def rendered(name: str) -> Rendered:
    return render(ISSUES[name], PLACES)
