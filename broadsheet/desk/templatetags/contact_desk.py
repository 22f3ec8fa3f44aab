import re
from typing import Any

from django import template

register = template.Library()

QUOTE = re.compile(r"^(?:>.*|On .{4,120} wrote:|.{0,60}(?:schrieb|a écrit|escribió).{0,60}:)$")


@register.filter
def of(found: dict[Any, Any], key: Any) -> Any:
    """What `found` has under `key`; None where it has nothing."""
    return found.get(key)


@register.filter
def in_parts(text: str) -> dict[str, str]:
    """What somebody wrote themselves, and what stands quoted beneath it to the end."""
    lines = text.splitlines()
    end = len(lines)
    while end and (not lines[end - 1].strip() or QUOTE.match(lines[end - 1].strip())):
        end -= 1
    own = "\n".join(lines[:end]).rstrip()
    if not own:
        return {"own": text, "quoted": ""}
    return {"own": own, "quoted": "\n".join(lines[end:]).strip()}
