"""What an experiment has shown so far."""

from dataclasses import dataclass

from django.db.models import Sum
from django.utils.translation import gettext as _

from broadsheet.meter.models.experiment import Experiment, Outcome, Variant
from broadsheet.meter.proportions import Share, differ


@dataclass(frozen=True, slots=True)
class Finding:
    variant: Variant
    shown: int
    registered: Share
    subscribed: Share


def findings_of(experiment: Experiment) -> list[Finding]:
    """For each variant, in order; one query."""
    sums = {outcome.value: Sum(f"counts__{outcome}", default=0) for outcome in Outcome}
    variants = Variant.objects.filter(experiment=experiment).order_by("sort_order", "pk")
    # Under other names than the fields of the counts, to which `sums` refer.
    counted = variants.annotate(**{f"all_{name}": number for name, number in sums.items()})
    return [
        Finding(
            variant=variant,
            shown=variant.all_shown,
            registered=Share(variant.all_registered, variant.all_shown),
            subscribed=Share(variant.all_subscribed, variant.all_shown),
        )
        for variant in counted
    ]


def conclusions(findings: list[Finding]) -> list[str]:
    """In plain sentences: each variant against the first, where chance doesn't explain the difference."""
    if not any(finding.shown for finding in findings):
        return [_("Nobody has met the wall in this experiment yet.")]
    first, *others = findings
    said = []
    for other in others:
        if differ(first.registered, other.registered, len(others)):
            sentence = _("“%(more)s” registers more readers than “%(less)s”: %(high)s against %(low)s.")
            said.append(
                sentence % _ranked(first, other, first.registered.value, other.registered.value)
            )
        if differ(first.subscribed, other.subscribed, len(others)):
            sentence = _("“%(more)s” wins more subscribers than “%(less)s”: %(high)s against %(low)s.")
            said.append(
                sentence % _ranked(first, other, first.subscribed.value, other.subscribed.value)
            )
    return said or [_("No difference that chance could not explain yet.")]


def _ranked(first: Finding, other: Finding, one: float, another: float) -> dict[str, str]:
    more, less = (first, other) if one > another else (other, first)
    return {
        "more": more.variant.name,
        "less": less.variant.name,
        "high": percent(max(one, another)),
        "low": percent(min(one, another)),
    }


def percent(value: float) -> str:
    return f"{100 * value:.1f} %"
