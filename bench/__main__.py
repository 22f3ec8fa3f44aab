"""``bin/bench [verdicts|reading|…]``: measures what is promised of speed, against a reference."""

import argparse

from bench import (
    edge,
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
    "edge": edge.run,
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
    parser.add_argument("--while-publishing", action="store_true", help="edge: p99 while an editor publishes")
    parser.add_argument("--mixed", action="store_true", help="edge: many pages and visitors, little memory")
    options = parser.parse_args()
    if options.while_publishing or options.mixed:
        edge.run(while_publishing=options.while_publishing, mixed=options.mixed)
        return
    for name in options.which or BENCHES:
        BENCHES[name]()


if __name__ == "__main__":
    main()
