"""Sets an issue in type: ``setter.py folder seconds bytes``. A process of its own, by the same Python.

In `folder` are the templates, `copy.json` and its pictures; it writes `issue.pdf` there, or its fault to
standard error. It sets the issue once to see how full each run's last page is. Then openers' pictures become
higher or lower, so that their run fills its pages, or the columns of that page end at the same height.
"""

import json
import resource
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import typst

MILLIMETRE = 72 / 25.4
ROUNDS = 6
SLACK = 16
"""Points that a page is left short of full: columns don't divide evenly."""
LESS = 26
"""Points by which a plan that failed is eased beyond what it failed by: two lines."""
LEAST_TEXT = 130
"""Points of text below an opener, if its picture is made higher."""
TIGHTER = 0.035
"""How much of each page before it a run gains in smaller type."""
FREE = 40
"""Points of a page's foot that are worth a plan."""


def main() -> None:
    folder, seconds, most_bytes = Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
    for limit, most in (
        (resource.RLIMIT_CPU, seconds),
        (resource.RLIMIT_AS, most_bytes),
        (resource.RLIMIT_CORE, 0),
    ):
        hard = resource.getrlimit(limit)[1]
        least = most if hard == resource.RLIM_INFINITY else min(most, hard)
        resource.setrlimit(limit, (least, least))
    copy = json.loads((folder / "copy.json").read_text())
    given = copy["setter"]
    fonts = typst.Fonts(include_system_fonts=False, font_paths=[given["fonts"]])
    main_file = str(folder / "magazine.typ")

    def look(file: str = main_file, name: str = "<places>") -> Any:
        asked = typst.query(
            file,
            name,
            field="value",
            one=True,
            root=str(folder),
            font_paths=fonts,
            ignore_system_fonts=True,
        )
        return json.loads(asked)

    try:
        if copy["form"] == "phone":
            _keep({"first": True, "heroes": {}, "feet": {}, "tight": []}, folder)
        else:
            planned(copy, folder, look)
        unprintable = look(str(folder / "rare.typ"), "<unprintable>") if given["rare"] else ""
        typst.compile(
            main_file,
            output=str(folder / "issue.pdf"),
            root=str(folder),
            font_paths=fonts,
            ignore_system_fonts=True,
            format="pdf",
            pdf_standards=["ua-1"],
            timestamp=datetime.fromisoformat(given["timestamp"]).astimezone(UTC),
        )
        pages = look()["pages"]
        (folder / "told.json").write_text(json.dumps({"pages": pages, "unprintable": unprintable}))
    except RuntimeError as error:
        sys.stderr.write(str(error))
        sys.exit(1)


def planned(copy: Any, folder: Path, look: Callable[[], Any]) -> dict[str, Any]:
    """Pictures' heights and what stays free of pages, so that no run takes more pages than at first."""
    plan: dict[str, Any] = {"first": True, "heroes": {}, "feet": {}, "tight": []}
    _keep(plan, folder)
    places = look()
    plan["first"] = False
    page = copy["setter"]["page"]
    if _make_room(copy, dict(places["leads"]), plan):
        _keep(plan, folder)
        places = look()
    first = {run["id"]: of for run, of in zip(copy["runs"], _ends(copy, places), strict=True)}
    goal = {}
    for run in copy["runs"]:
        of = first[run["id"]]
        goal[run["id"]] = of["pages"]
        if _shrink(page, run, of, plan):
            goal[run["id"]] -= 1
        else:
            _settle(page, run, of, places, plan)
    for _round in range(ROUNDS):
        _keep(plan, folder)
        ends = _ends(copy, look())
        over = [
            (run, now) for run, now in zip(copy["runs"], ends, strict=True) if now["pages"] > goal[run["id"]]
        ]
        if not over:
            break
        for run, now in over:
            of = first[run["id"]]
            if goal[run["id"]] == of["pages"]:
                _ease(run, now["filled"] + LESS, plan)
            elif not _shrink_more(page, run, plan):
                goal[run["id"]] += 1
                _settle(page, run, of, places, plan)
    return plan


def _make_room(copy: Any, leads: dict[str, float], plan: dict[str, Any]) -> bool:
    """Lowers openers' pictures below which there is no room for text. Whether there were any."""
    page = copy["setter"]["page"]
    lowest = (page["top"] + page["text_height"]) * MILLIMETRE - LEAST_TEXT
    least = page["hero"][0]
    for run in copy["runs"]:
        natural, over = _natural(run), leads.get(run["id"], 0.0) - lowest
        if natural > least and over > 0:
            run["lead"]["picture"]["natural"] = max(least, natural - over / MILLIMETRE)
            plan["heroes"][run["id"]] = run["lead"]["picture"]["natural"]
    return bool(plan["heroes"])


def _ends(copy: Any, places: Any) -> list[dict[str, Any]]:
    """For each run: its pages, its last one, and how far that is filled by even columns, in points."""
    page = copy["setter"]["page"]
    top, height = page["top"] * MILLIMETRE, page["text_height"] * MILLIMETRE
    ends = {run: (at_page, x, y) for run, at_page, x, y in places["ends"]}
    found: list[dict[str, Any]] = []
    before = places["before"]
    for run in copy["runs"]:
        at_page, x, y = ends[run["id"]]
        pitch = (page["text_width"] + page["gutter"]) * MILLIMETRE / run["columns"]
        left = page["inside" if at_page % 2 else "outside"] * MILLIMETRE
        column = max(0, min(run["columns"] - 1, round((x - left) / pitch)))
        if copy["direction"] == "rtl":
            column = run["columns"] - 1 - column
        found.append(
            {
                "pages": at_page - before,
                "page": at_page,
                "filled": (column * height + (y - top)) / run["columns"],
                "free": height - (column * height + (y - top)) / run["columns"],
            }
        )
        before = at_page
    return found


def _shrink(page: Any, run: Any, of: dict[str, Any], plan: dict[str, Any]) -> bool:
    """Plans a run without its last page, if that is nearly empty: a lower picture, smaller type, or both."""
    least, _usual, _most = page["hero"]
    natural = _natural(run)
    lower = of["filled"] + SLACK
    tighter = TIGHTER * (of["pages"] - 1) * page["text_height"] * MILLIMETRE
    lowest = max(0.0, natural - least) * MILLIMETRE
    if of["pages"] == 1 or lower > tighter + lowest:
        return False
    if lower <= lowest:
        plan["heroes"][run["id"]] = natural - lower / MILLIMETRE
    else:
        plan["tight"].append(run["id"])
        if lower > tighter:
            plan["heroes"][run["id"]] = natural - (lower - tighter) / MILLIMETRE
    return True


def _shrink_more(page: Any, run: Any, plan: dict[str, Any]) -> bool:
    """All that can be done; False, and nothing is, where that was planned already."""
    least, _usual, _most = page["hero"]
    name, natural = run["id"], _natural(run)
    lowest = min(natural, least)
    if name in plan["tight"] and plan["heroes"].get(name, natural) == lowest:
        plan["tight"].remove(name)
        plan["heroes"][name] = natural
        return False
    plan["heroes"][name] = lowest
    if name not in plan["tight"]:
        plan["tight"].append(name)
    return True


def _settle(page: Any, run: Any, of: dict[str, Any], places: Any, plan: dict[str, Any]) -> None:
    """Plans that a run's last page is full, by a higher picture, or else that its columns end alike."""
    _least, _usual, most = page["hero"]
    name, natural = run["id"], _natural(run)
    higher = 0.0
    if natural:
        # Enough of the text must stay on the opener's page.
        below = (page["top"] + page["text_height"]) * MILLIMETRE - LEAST_TEXT
        room = below - dict(places["leads"])[name]
        higher = max(0.0, min((most - natural) * MILLIMETRE, of["free"] - SLACK, room))
        plan["heroes"][name] = natural + higher / MILLIMETRE
    free = of["free"] - higher - SLACK
    standing = (at for at, on, _y in places["at"] if on == of["page"] and at.startswith(f"{name}."))
    first = next(standing, None)
    needed = places["colophon"] if run["closes"] else FREE
    if first and free > needed:
        plan["feet"][first] = {"run": name, "height": free, "least": needed}


def _ease(run: Any, by: float, plan: dict[str, Any]) -> None:
    """Takes back what a run is too long by: from what is free of its last page, else from its picture."""
    name, natural = run["id"], _natural(run)
    for at, foot in list(plan["feet"].items()):
        if foot["run"] == name:
            foot["height"] -= by
            if foot["height"] < foot["least"]:
                del plan["feet"][at]
            return
    if natural:
        plan["heroes"][name] = max(natural, plan["heroes"][name] - by / MILLIMETRE)


def _natural(run: Any) -> float:
    """The height of its opener's picture, if nothing changes it; 0 without one."""
    picture = (run["lead"] or {}).get("picture")
    return float(picture["natural"]) if picture else 0.0


def _keep(plan: dict[str, Any], folder: Path) -> None:
    (folder / "plan.json").write_text(json.dumps(plan))


if __name__ == "__main__":
    main()
