"""``bin/bench [verdicts|reading|…]``: measures what is promised of speed, against a reference."""

import argparse

from bench import (
    evidence,
    finding,
    hosts,
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
    "evidence": evidence.run,
    "subscriptions": subscriptions.run,
    "materialise": materialise.run,
    "newsletters": newsletters.run,
    "print": print_files.run,
    "finding": finding.run,
    "signing": signing.run,
    "post": post.run,
    "hosts": hosts.run,
    "post-kills": kills.run,
}


def main() -> None:
    parser = argparse.ArgumentParser(prog="bin/bench", description=__doc__)
    parser.add_argument("which", nargs="*", choices=[*BENCHES, []], help="all of them, unless named")
    for name in parser.parse_args().which or BENCHES:
        BENCHES[name]()


if __name__ == "__main__":
    main()
