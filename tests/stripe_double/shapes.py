"""Objects in the shape of Stripe's examples, with nothing in them that was not said."""

import json
from copy import deepcopy
from functools import cache
from pathlib import Path
from typing import Any


@cache
def _examples() -> dict[str, Any]:
    return dict(json.loads(Path(__file__).with_name("fixtures.json").read_text()))


def shape(kind: str, **said: Any) -> dict[str, Any]:
    """An object of `kind`; a name that the example does not have is an error of ours."""
    example = deepcopy(_examples()[kind])
    unknown = said.keys() - example.keys()
    assert not unknown, f"{kind} has no {sorted(unknown)}"
    return {**example, "livemode": False, **said} if "livemode" in example else {**example, **said}
