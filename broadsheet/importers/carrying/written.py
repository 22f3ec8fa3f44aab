"""What an article or a standing page is to say here, and how that is written into it."""

import json
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

from broadsheet.editorial.models import Article, Byline
from broadsheet.platform.characters import without_forbidden

LONGEST = {
    "title": 255,
    "standfirst": 300,
    "seo_title": 255,
    "search_description": 2000,
    "picture_caption": 400,
}


@dataclass(slots=True)
class Written:
    """What an article is to say here, in fields of ours."""

    fields: dict[str, Any]
    authors: list[int]
    topics: list[int]
    notes: list[str] = field(default_factory=list)

    @property
    def digest(self) -> str:
        said = json.dumps([self.fields, self.authors, self.topics], sort_keys=True, default=str)
        return sha256(said.encode()).hexdigest()


def fill(page: Any, written: Written) -> None:
    for name, value in written.fields.items():
        setattr(page, name, json.dumps(value) if name == "body" else value)
    if hasattr(page, "bylines"):
        page.bylines = [
            Byline(author_id=author, sort_order=order) for order, author in enumerate(written.authors)
        ]


def save_new(page: Any, **kwargs: Any) -> None:
    if page.live:
        references = [field.name for field in page._meta.concrete_fields if field.is_relation]
        page.full_clean(exclude=references, validate_unique=False, validate_constraints=False)
    else:
        page.minimal_clean()
    type(page).save(page, clean=False, log_action=None, **kwargs)


def add_topics(page: Any, written: Written) -> None:
    if isinstance(page, Article):
        through = Article.topics.through
        through.objects.bulk_create(through(article=page, topic_id=topic) for topic in written.topics)


def cut(fields: dict[str, Any]) -> dict[str, Any]:
    """Texts in the length that their fields take: shortened at a word."""
    for name, longest in LONGEST.items():
        value = fields.get(name, "")
        if isinstance(value, str):
            value = " ".join(without_forbidden(value).split())
            fields[name] = value if len(value) <= longest else value[: longest - 1].rpartition(" ")[0] + "…"
    return fields


def mark_of(page: Any) -> str:
    """What reads otherwise as soon as somebody saves, publishes, moves or withdraws it at the desk."""
    said = f"{page.latest_revision_id}:{page.live}:{page.url_path}:{page.title}"
    return sha256(said.encode()).hexdigest()
