"""What must be as it was for an entry of the index to be right."""

from dataclasses import dataclass
from hashlib import blake2b

from broadsheet.editorial.models import Publication
from broadsheet.editorial.models.fronts import TAG as OUTLINE
from broadsheet.editorial.models.outline import outline
from broadsheet.editorial.models.publication import PublicationQuerySet
from broadsheet.paywall.models import AccessRule
from broadsheet.paywall.models.access_rule import AccessRuleQuerySet, rules_in_force
from broadsheet.platform.kept import Kept

FORM = "1"
"""Of the index: to be changed with how words are cut and stemmed, or with what an entry holds."""


def _digest(*what: object) -> str:
    return blake2b(repr(what).encode(), digest_size=8).hexdigest()


def _said(rule: AccessRule) -> tuple[object, ...]:
    return rule.section_id, rule.kind, rule.topic_id, rule.older_than, rule.younger_than, rule.access


@dataclass(frozen=True, slots=True)
class Standing:
    made: str
    """Of the index's form, and how long openings are."""
    ruled: str
    """Of all that says which articles are free, but for the articles themselves."""

    @staticmethod
    def now() -> "Standing":
        return _now()


def _work_out() -> Standing:
    publication = Publication.load()
    sections = [(section.pk, section.access) for section in outline().sections.values() if section.access]
    rules = [_said(rule) for rule in rules_in_force()]
    return Standing(
        made=_digest(FORM, publication.opening_words), ruled=_digest(rules, sections, publication.access)
    )


_now = Kept(_work_out, AccessRuleQuerySet.tag, OUTLINE, PublicationQuerySet.tag)
