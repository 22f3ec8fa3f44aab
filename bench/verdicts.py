"""How many verdicts a second one core gives. The reference is an empty function called as often."""

import time
from collections.abc import Callable
from random import Random
from uuid import UUID

from bench.table import show
from broadsheet.paywall.verdict import Allowance, Visitor, decide

SEED = 20260302
CASES = 2_000
ROUNDS = 200
GOAL = 100_000

type Case = tuple[UUID, str, Visitor, Allowance]


def cases() -> list[Case]:
    """Visitors of every kind, each with up to ten articles, before one article in three accesses."""
    chance = Random(SEED)  # noqa: S311 (nothing secret)
    articles = [UUID(int=chance.getrandbits(128)) for _ in range(50)]

    def some(most: int) -> frozenset[UUID]:
        return frozenset(chance.sample(articles, chance.randint(0, most)))

    found = []
    for _ in range(CASES):
        granted = some(10)
        visitor = Visitor(
            is_reader=chance.random() < 0.5,
            is_staff=chance.random() < 0.02,
            is_subscriber=chance.random() < 0.1,
            is_of_institution=chance.random() < 0.02,
            gifts=some(1),
            passes=some(2),
            is_proven_crawler=chance.random() < 0.05,
            granted=granted,
            spent=len(granted),
        )
        access = chance.choices(["metered", "free", "subscribers"], [8, 1, 1])[0]
        found.append((chance.choice(articles), access, visitor, Allowance(1, 5)))
    return found


def nothing(article: UUID, access: str, visitor: Visitor, allowance: Allowance) -> None:
    pass


def rate(function: Callable[[UUID, str, Visitor, Allowance], object], given: list[Case]) -> float:
    """Calls a second, of the best of five runs."""
    best = float("inf")
    for _ in range(5):
        begun = time.perf_counter()
        for _ in range(ROUNDS // 5):
            for case in given:
                function(*case)
        best = min(best, time.perf_counter() - begun)
    return len(given) * (ROUNDS // 5) / best


def run() -> None:
    given = cases()
    reference = rate(nothing, given)
    measured = rate(decide, given)
    show(
        "Verdicts, on one core",
        "an empty call",
        [
            ("an empty function", reference, 1.0, ""),
            ("decide()", measured, measured / reference, f"{GOAL:,} {'✓' if measured >= GOAL else '✗'}"),
        ],
    )
