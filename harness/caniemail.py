"""Trims caniemail's data to what preflight asks of it: `bin/caniemail` fetches it and calls this."""

import json
import sys
from pathlib import Path
from typing import Any

CLIENTS = {
    "Gmail": ("gmail", "desktop-webmail"),
    "Gmail on Android": ("gmail", "android"),
    "Gmail on iOS": ("gmail", "ios"),
    "Outlook on Windows": ("outlook", "windows"),
    "Outlook.com": ("outlook", "outlook-com"),
    "Outlook on macOS": ("outlook", "macos"),
    "Apple Mail": ("apple-mail", "macos"),
    "Apple Mail on iOS": ("apple-mail", "ios"),
    "Yahoo": ("yahoo", "desktop-webmail"),
    "Samsung Email": ("samsung-email", "android"),
    "Thunderbird": ("thunderbird", "macos"),
    "Proton Mail": ("protonmail", "desktop-webmail"),
    "GMX": ("gmx", "desktop-webmail"),
    "Fastmail": ("fastmail", "desktop-webmail"),
}


def trimmed(data: dict[str, Any], version: str) -> str:
    """One line for each feature: for each client y(es), a(lmost), n(o) or u(nknown) in its last version."""
    head = {
        "source": f"https://www.npmjs.com/package/caniemail/v/{version}",
        "dated": data["last_update_date"][:10],
        "licence": "MIT: see LICENSE beside this file",
        "clients": list(CLIENTS),
    }
    lines = [
        f"{json.dumps(feature['slug'])}: {json.dumps([feature['title'], _support(feature['stats'])])}"
        for feature in sorted(data["data"], key=lambda feature: feature["slug"])
    ]
    opening = json.dumps(head, indent=1)[:-2]
    return f"{opening},\n" + ' "features": {\n' + ",\n".join(lines) + "\n}}\n"


def _support(stats: dict[str, Any]) -> str:
    letters = []
    for family, platform in CLIENTS.values():
        versions = list(stats.get(family, {}).get(platform, {"": "u"}).values())
        letters.append(versions[-1][0])
    return "".join(letters)


if __name__ == "__main__":
    package, target = map(Path, sys.argv[1:])
    read = json.loads((package / "data/caniemail.json").read_text())
    version = json.loads((package / "package.json").read_text())["version"]
    (target / "features.json").write_text(trimmed(read, version))
    (target / "LICENSE").write_text((package / "LICENSE").read_text())
