"""``bin/bench [verdicts|reading|…]``: measures what is promised of speed, against a reference."""

import argparse

from bench import (
    archive,
    edge,
    evidence,
    finding,
    hosts,
    importing,
    issue_files,
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
    "edge": edge.run,
    "evidence": evidence.run,
    "archive": archive.run,
    "subscriptions": subscriptions.run,
    "materialise": materialise.run,
    "newsletters": newsletters.run,
    "print": print_files.run,
    "finding": finding.run,
    "import": importing.run,
    "issue-files": issue_files.run,
    "signing": signing.run,
    "post": post.run,
    "hosts": hosts.run,
    "post-kills": kills.run,
}


def main() -> None:
    parser = argparse.ArgumentParser(prog="bin/bench", description=__doc__)
    parser.add_argument("which", nargs="*", choices=[*BENCHES, []], help="all of them, unless named")
    parser.add_argument("--postgresql", action="store_true", help="archive, import: not on SQLite")
    parser.add_argument("--while-publishing", action="store_true", help="edge: p99 while an editor publishes")
    parser.add_argument("--mixed", action="store_true", help="edge: many pages and visitors, little memory")
    parser.add_argument("--one-question", action="store_true", help="edge: the same question each time")
    told = parser.parse_args()
    for name in told.which or BENCHES:
        match name:
            case "archive":
                archive.run(on_postgresql=told.postgresql)
            case "import":
                importing.run(on_postgresql=told.postgresql)
            case "edge":
                edge.run(
                    while_publishing=told.while_publishing, mixed=told.mixed, one_question=told.one_question
                )
            case _:
                BENCHES[name]()


if __name__ == "__main__":
    main()
