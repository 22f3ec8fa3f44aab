"""What an experiment has shown so far."""

from dataclasses import dataclass

from django.db.models import Sum
from django.utils.translation import gettext as _

from broadsheet.paywall.experiments.models import Experiment, Outcome, Variant, VariantCount
from broadsheet.paywall.experiments.proportions import Share, differ


@dataclass(frozen=True, slots=True)
class Finding:
    variant: Variant
    shown: int
    registered: Share
    subscribed: Share


def findings_of(experiment: Experiment) -> list[Finding]:
    """For each variant, in order; two queries."""
    counts = VariantCount.objects.filter(variant__experiment=experiment).order_by().values_list("variant")
    sums = [Sum(outcome.value) for outcome in Outcome]
    counted = {variant: numbers for variant, *numbers in counts.annotate(*sums)}
    findings = []
    for variant in Variant.objects.filter(experiment=experiment).order_by("sort_order", "pk"):
        shown, registered, subscribed = counted.get(variant.pk, (0, 0, 0))
        findings.append(Finding(variant, shown, Share(registered, shown), Share(subscribed, shown)))
    return findings


def conclusions(findings: list[Finding]) -> list[str]:
    """In plain sentences: each variant against the first, where chance doesn't explain the difference."""
    if not any(finding.shown for finding in findings):
        return [_("Nobody has met the wall in this experiment yet.")]
    if len({(each.variant.strangers, each.variant.readers) for each in findings}) > 1:
        return [
            _(
                "These variants open different numbers of articles, so that different readers meet the wall:"
                " its shares say nothing about which of them wins more."
            )
        ]
    first, *others = findings
    said = []
    for other in others:
        if differ(first.registered, other.registered, len(others)):
            sentence = _("“%(more)s” registers more readers than “%(less)s”: %(high)s against %(low)s.")
            said.append(sentence % _ranked(first, other, first.registered.value, other.registered.value))
        if differ(first.subscribed, other.subscribed, len(others)):
            sentence = _("“%(more)s” wins more subscribers than “%(less)s”: %(high)s against %(low)s.")
            said.append(sentence % _ranked(first, other, first.subscribed.value, other.subscribed.value))
    return said or [_("Chance alone could explain the differences.")]


def _ranked(first: Finding, other: Finding, one: float, another: float) -> dict[str, str]:
    more, less = (first, other) if one > another else (other, first)
    return {
        "more": more.variant.name,
        "less": less.variant.name,
        "high": percent(max(one, another)),
        "low": percent(min(one, another)),
    }


def percent(value: float) -> str:
    return f"{100 * value:.1f}%"
