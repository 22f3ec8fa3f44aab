"""``bin/bench [verdicts|reading|…]``: measures what is promised of speed, against a reference."""

import argparse

from bench import (
    archive,
    evidence,
    finding,
    kills,
    materialise,
    newsletters,
    post,
    print_files,
    reading,
    signing,
    subscriptions,
    verdicts,
)

BENCHES = {
    "verdicts": verdicts.run,
    "reading": reading.run,
    "archive": archive.run,
    "evidence": evidence.run,
    "subscriptions": subscriptions.run,
    "materialise": materialise.run,
    "newsletters": newsletters.run,
    "print": print_files.run,
    "finding": finding.run,
    "signing": signing.run,
    "post": post.run,
    "post-kills": kills.run,
}


def main() -> None:
    parser = argparse.ArgumentParser(prog="bin/bench", description=__doc__)
    parser.add_argument("which", nargs="*", choices=[*BENCHES, []], help="all of them, unless named")
    parser.add_argument("--postgresql", action="store_true", help="archive: on PostgreSQL, not on SQLite")
    told = parser.parse_args()
    for name in told.which or BENCHES:
        if name == "archive":
            archive.run(on_postgresql=told.postgresql)
        else:
            BENCHES[name]()


if __name__ == "__main__":
    main()
