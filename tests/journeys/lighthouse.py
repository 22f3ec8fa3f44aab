"""What Lighthouse says of a front, a section and an article, on a simulated phone with slow 4G.

    bin/demo &
    .venv/bin/python -m tests.journeys.lighthouse http://localhost:8000

Needs Node.js (npx fetches Lighthouse) and chromium. Not part of the tests: its figures vary with the machine.
"""

import json
import os
import subprocess
import sys

from tests.journeys import chromium

LIGHTHOUSE = "lighthouse@12"
PAGES = {"front": "/", "section": "/world/", "article": "/world/assad-in-moscow/"}
FIGURES = {
    "largest-contentful-paint": "LCP",
    "first-contentful-paint": "FCP",
    "cumulative-layout-shift": "CLS",
    "total-blocking-time": "TBT",
    "total-byte-weight": "weight",
}


def examined(address: str, program: str) -> dict[str, str]:
    """Each figure by its short name, as Lighthouse writes it."""
    answer = subprocess.run(
        [
            *("npx", "--yes", LIGHTHOUSE, address, "--quiet", "--output=json", "--output-path=stdout"),
            *("--only-categories=performance", "--form-factor=mobile", "--throttling-method=simulate"),
            f"--chrome-flags={' '.join(('--headless=new', *chromium.FLAGS))}",
        ],
        env=os.environ | {"CHROME_PATH": program},
        capture_output=True,
        text=True,
        check=True,
    )
    report = json.loads(answer.stdout)
    figures = {short: report["audits"][name]["displayValue"] for name, short in FIGURES.items()}
    return {"score": f"{report['categories']['performance']['score']:.2f}"} | figures


def main() -> None:
    program = chromium.find()
    if program is None or len(sys.argv) != 2:
        sys.exit("Say an address, such as http://localhost:8000; chromium must be installed.")
    for name, path in PAGES.items():
        try:
            figures = examined(sys.argv[1] + path, program)
        except (OSError, subprocess.CalledProcessError) as error:
            sys.exit(f"Lighthouse could not be run on {path}: {getattr(error, 'stderr', error)}")
        figures_told = "  ".join(f"{short} {value}" for short, value in figures.items())
        sys.stdout.write(f"{name:8} {figures_told}\n")


if __name__ == "__main__":
    main()
