"""What a test can tell the SMTP server beside it to do, step by step."""

import json
import re
from collections import Counter
from dataclasses import asdict, dataclass, field
from random import Random
from typing import Literal

type StepName = Literal[
    "greeting", "ehlo", "helo", "starttls", "auth", "mail", "rcpt", "data", "content", "dot", "rset", "quit"
]
type End = Literal["", "close", "reset"]


@dataclass(frozen=True)
class Act:
    """What the server does at a step in place of the usual."""

    reply: str | None = None
    """Of as many lines as it has; None for the usual one, empty for none."""
    waits: float = 0
    """Seconds before the reply."""
    end: End = ""
    """Of the connection, behind the reply: properly, or torn down."""
    cut: int | None = None
    """How many bytes of the reply leave; the others never do."""
    takes: bool | None = None
    """Whether it goes on as after a yes, and takes the message at its dot; by the reply, unless given."""
    bytewise: bool = False
    """The reply leaves in packets of one byte."""
    held_back: bool = False
    """The reply leaves together with the next one, which only comes if the client didn't wait for this."""


def says(reply: str, *, then: End = "") -> Act:
    return Act(reply, end=then)


def stalls(seconds: float = 3600, *, takes: bool | None = None) -> Act:
    return Act(waits=seconds, takes=takes)


def closes(*, takes: bool = False) -> Act:
    """Says nothing; at the dot it takes the message first, or not."""
    return Act("", end="close", takes=takes)


def resets(*, takes: bool = False) -> Act:
    """As `closes`, but torn down."""
    return Act("", end="reset", takes=takes)


def half(length: int, *, takes: bool = True) -> Act:
    """So many bytes of the usual reply, then the connection is gone."""
    return Act(cut=length, end="close", takes=takes)


@dataclass(frozen=True)
class Rule:
    """At `step`, `act`. Of several rules for one step the first that applies decides."""

    step: StepName
    act: Act
    times: int | None = None
    """How often; always, unless given."""
    after: int = 0
    """How often not, before that."""
    to: str = ""
    """A regular expression that is found in the recipient."""
    chance: float = 1
    """By the script's seed."""
    per_connection: bool = False
    """`times` and `after` are counted anew on each connection."""


@dataclass
class Script:
    rules: tuple[Rule, ...] = ()
    seed: int = 1
    _chance: Random = field(init=False, repr=False)
    _met: Counter[tuple[int, int]] = field(default_factory=Counter, init=False, repr=False)

    def __post_init__(self) -> None:
        self._chance = Random(self.seed)  # noqa: S311 (nothing secret)

    def act(self, step: StepName, recipient: str, connection: int) -> Act:
        for number, rule in enumerate(self.rules):
            if rule.step != step or not re.search(rule.to, recipient):
                continue
            counted = (number, connection if rule.per_connection else 0)
            met = self._met[counted]
            self._met[counted] += 1
            is_in_time = rule.after <= met and (rule.times is None or met < rule.after + rule.times)
            if is_in_time and self._chance.random() < rule.chance:
                return rule.act
        return Act()

    def written(self) -> str:
        return json.dumps({"seed": self.seed, "rules": [asdict(rule) for rule in self.rules]})

    @classmethod
    def of(cls, written: str) -> "Script":
        given = json.loads(written)
        return cls(tuple(_rule(rule) for rule in given["rules"]), given["seed"])


def _rule(given: dict[str, object]) -> Rule:
    act = given.pop("act")
    assert isinstance(act, dict)
    return Rule(act=Act(**act), **given)
