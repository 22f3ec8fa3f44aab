"""Reads the parameters of a request, and refuses those that the installed library does not know."""

import importlib
import re
from collections.abc import Mapping
from functools import cache
from types import UnionType
from typing import Any, Literal, Union, get_args, get_origin
from urllib.parse import parse_qsl

import stripe
from stripe import StripeContext
from typing_extensions import get_type_hints, is_typeddict

from tests.stripe_double.faults import Fault

STEP = re.compile(r"\[([^\]]*)\]")


def read(raw: str) -> dict[str, Any]:
    """``a[b][0][c]=d`` → ``{"a": {"b": [{"c": "d"}]}}``."""
    tree: dict[str, Any] = {}
    for name, value in parse_qsl(raw, keep_blank_values=True):
        first, steps = name.partition("[")[0], STEP.findall(name)
        place, path = tree, [first, *steps]
        for step in path[:-1]:
            place = place.setdefault(step, {})
        place[path[-1] or str(len(place))] = value
    return {name: _as_lists(value) for name, value in tree.items()}


def _as_lists(value: Any) -> Any:
    if not isinstance(value, dict):
        return value
    plain = {name: _as_lists(inner) for name, inner in value.items()}
    if plain and all(name.isdecimal() for name in plain):
        return [plain[name] for name in sorted(plain, key=int)]
    return plain


def check(given: dict[str, Any], name: str) -> None:
    """`name` is that of a class of `stripe.params`; raises Fault, as Stripe answers with 400."""
    module, __, last = name.rpartition(".")
    package = importlib.import_module(f"stripe.params.{module}" if module else "stripe.params")
    _check_dict(given, getattr(package, last), "")


@cache
def _hints(kind: Any) -> dict[str, Any]:
    own = get_type_hints(kind, localns={"StripeContext": StripeContext, "Mapping": Mapping})
    for name in stripe.RequestOptions.__annotations__:
        own.pop(name, None)  # they are headers
    return own


def _check_dict(given: Any, kind: Any, path: str) -> None:
    if not isinstance(given, dict):
        raise Fault.invalid("parameter_invalid_object", path)
    hints = _hints(kind)
    for name, value in given.items():
        here = f"{path}[{name}]" if path else name
        if name not in hints:
            raise Fault.invalid("parameter_unknown", here)
        if not _fits(value, hints[name], here):
            raise Fault.invalid("parameter_invalid", here)
    for name in kind.__required_keys__ & hints.keys():
        if name not in given:
            raise Fault.invalid("parameter_missing", f"{path}[{name}]" if path else name)


def _fits(value: Any, hint: Any, path: str) -> bool:
    origin = get_origin(hint)
    if origin in (Union, UnionType):
        kinds = get_args(hint)
        dicts = [kind for kind in kinds if is_typeddict(kind)]
        if isinstance(value, dict) and len(dicts) == 1:
            return _fits(value, dicts[0], path)
        return any(_fits(value, kind, path) for kind in kinds)
    if origin is Literal:
        return value in get_args(hint)
    if origin is list:
        return isinstance(value, list) and all(_fits(one, get_args(hint)[0], path) for one in value)
    if origin is dict or hint is dict:
        return isinstance(value, dict) and all(isinstance(one, str) for one in value.values())
    if is_typeddict(hint):
        _check_dict(value, hint, path)
        return True
    if hint is bool:
        return value in {"true", "false"}
    if hint is int:
        return isinstance(value, str) and value.lstrip("-").isdecimal()
    if hint is Any or hint is object:
        return True
    return isinstance(value, str)
