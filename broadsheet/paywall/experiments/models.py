from dataclasses import replace
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Self

from django.core.exceptions import ValidationError
from django.core.validators import MinValueValidator
from django.db import models, transaction
from django.db.models import F, Q
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from modelcluster.fields import ParentalKey
from modelcluster.models import ClusterableModel
from wagtail.models import Orderable

from broadsheet.editorial.models import Edition
from broadsheet.paywall.models.meter import Meter
from broadsheet.paywall.verdict import Allowance, Reason
from broadsheet.paywall.wall.models import WordsField
from broadsheet.paywall.wall.wording import Words
from broadsheet.platform import clock
from broadsheet.platform.kept import Kept, KeptQuerySet, watch


class OverlapError(Exception):
    """Another experiment runs in the same edition in that time."""


TAG = "experiments"


class ExperimentQuerySet(KeptQuerySet["Experiment"]):
    tag = TAG

    def running(self, at: datetime | None = None) -> Self:
        at = at or clock.now()
        return self.filter(Q(ends_at=None) | Q(ends_at__gt=at), starts_at__lte=at)

    def overlapping(self, other: "Experiment") -> Self:
        """Those that share an edition and some time with `other`."""
        found = self.exclude(pk=other.pk).filter(Q(ends_at=None) | Q(ends_at__gt=other.starts_at))
        if other.ends_at:
            found = found.filter(starts_at__lt=other.ends_at)
        if other.edition_id:
            found = found.filter(Q(edition=None) | Q(edition=other.edition_id))
        return found


class Experiment(ClusterableModel):
    """Two or more variants of the wall, each shown to its share of the visitors, and what comes of it."""

    name = models.CharField(gettext_lazy("name"), max_length=80, help_text=gettext_lazy("What is tried."))
    edition = models.ForeignKey(
        Edition,
        on_delete=models.CASCADE,
        verbose_name=gettext_lazy("edition"),
        null=True,
        blank=True,
        related_name="+",
        help_text=gettext_lazy("Empty: all of them."),
    )
    starts_at = models.DateTimeField(gettext_lazy("begins"), default=clock.now)
    ends_at = models.DateTimeField(
        gettext_lazy("ends"), null=True, blank=True, help_text=gettext_lazy("Empty: until you end it.")
    )

    objects = ExperimentQuerySet.as_manager()

    class Meta:
        verbose_name = gettext_lazy("experiment")
        verbose_name_plural = gettext_lazy("experiments")
        ordering = ["-starts_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_at=None) | Q(ends_at__gt=F("starts_at")),
                name="experiment_ends_after_start",
                violation_error_message=gettext_lazy("It must end after it begins."),
            ),
            # Of those whose end is known, `save` sees to it that one alone runs at a time.
            models.UniqueConstraint(
                Coalesce("edition", 0),
                condition=Q(ends_at=None),
                name="one_experiment_without_end",
                violation_error_message=gettext_lazy("Another experiment runs in this edition without end."),
            ),
        ]

    if TYPE_CHECKING:
        variants: models.QuerySet["Variant"]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        super().clean()
        if self.starts_at and (other := Experiment.objects.overlapping(self).first()):
            raise ValidationError(
                _("“%s” runs in the same edition in that time. Only one can, or neither would say anything.")
                % other.name
            )

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Raises OverlapError where another one runs in the same edition in that time."""
        with transaction.atomic():
            # Two that are saved at once would not see each other: the meter's row is the lock.
            Meter.objects.select_for_update().filter(pk=Meter.load().pk).first()
            if Experiment.objects.overlapping(self).exists():
                raise OverlapError(self.name)
            super().save(*args, **kwargs)

    @property
    def has_begun(self) -> bool:
        """From then on its variants stay what they are: else the counts would be of different things."""
        return self.starts_at <= clock.now()

    @property
    def has_ended(self) -> bool:
        return self.ends_at is not None and self.ends_at <= clock.now()

    @property
    def is_running(self) -> bool:
        return self.has_begun and not self.has_ended

    def is_about(self, tag: str) -> bool:
        """Whether it is about the edition with this language tag."""
        return self.edition is None or self.edition.locale.language_code == tag

    @property
    def state(self) -> str:
        if self.has_ended:
            return _("ended")
        return _("running") if self.has_begun else _("planned")

    def end(self) -> bool:
        """Ends it now, if it runs: whether it did. What was counted stays."""
        now = clock.now()
        ended = Experiment.objects.running(now).filter(pk=self.pk, starts_at__lt=now).update(ends_at=now)
        if ended:
            self.ends_at = now
        return bool(ended)


class VariantQuerySet(KeptQuerySet["Variant"]):
    tag = TAG

    def running(self) -> Self:
        """Those of experiments that run now, with all that an answer to a reader needs to know of them."""
        running = Experiment.objects.running()
        return self.filter(experiment__in=running).select_related("experiment__edition__locale")


class Variant(Orderable):
    """One of an experiment's forms of the wall. What it leaves empty is as it is without an experiment."""

    experiment = ParentalKey(Experiment, on_delete=models.CASCADE, related_name="variants")
    name = models.CharField(gettext_lazy("name"), max_length=40, help_text=gettext_lazy("“A”, “Shorter”"))
    weight = models.PositiveSmallIntegerField(
        gettext_lazy("weight"),
        default=1,
        validators=[MinValueValidator(1)],
        help_text=gettext_lazy("With weights of 1 and 3, a quarter of the visitors see the first."),
    )
    strangers = models.PositiveSmallIntegerField(gettext_lazy("without an account"), null=True, blank=True)
    readers = models.PositiveSmallIntegerField(gettext_lazy("registered"), null=True, blank=True)
    register_title = WordsField(gettext_lazy("why the wall is there"), max_length=120)
    register_text = WordsField(gettext_lazy("what to do now"), max_length=400)
    register_button = WordsField(gettext_lazy("button"), max_length=40)
    subscribe_title = WordsField(gettext_lazy("why the wall is there"), max_length=120)
    subscribe_text = WordsField(gettext_lazy("what to do now"), max_length=400)

    objects = VariantQuerySet.as_manager()

    class Meta(Orderable.Meta):
        verbose_name = gettext_lazy("variant")
        constraints = [
            models.UniqueConstraint(
                fields=["experiment", "name"], name="variant_named_once_in_its_experiment"
            ),
            models.CheckConstraint(condition=Q(weight__gte=1), name="variant_has_some_weight"),
        ]

    def __str__(self) -> str:
        return self.name

    def allowance_over(self, usual: Allowance) -> Allowance:
        changes = {"strangers": self.strangers, "readers": self.readers}
        return replace(usual, **{name: number for name, number in changes.items() if number is not None})

    def words_at(self, reason: Reason) -> Words:
        if reason == Reason.REGISTER:
            return Words(self.register_title, self.register_text, self.register_button)
        return Words(self.subscribe_title, self.subscribe_text)


def running_variants() -> list[Variant]:
    """Those of experiments that run now, as this process keeps them; to be looked at only."""
    return [variant for variant in _kept() if variant.experiment.is_running]


def variants_in(tag: str) -> list[Variant]:
    """Those of the experiment in the edition with this language tag; none where there is none."""
    return [variant for variant in running_variants() if variant.experiment.is_about(tag)]


def _read() -> list[Variant]:
    return list(Variant.objects.select_related("experiment__edition__locale").order_by("experiment_id", "pk"))


_kept = Kept(_read, TAG, "outline")
watch(TAG, Experiment, Variant)


class VariantCountQuerySet(models.QuerySet["VariantCount"]):
    def add(self, variant: Variant, day: date, outcome: "Outcome") -> None:
        """Counts one more; several processes may do so at once."""
        rows = self.filter(variant=variant, day=day)
        if not rows.update(**{outcome: F(outcome) + 1}):
            self.get_or_create(variant=variant, day=day)
            rows.update(**{outcome: F(outcome) + 1})


class Outcome(models.TextChoices):
    """What a variant's visitors came to, each at most once for each browser."""

    SHOWN = "shown", gettext_lazy("Saw the wall")
    REGISTERED = "registered", gettext_lazy("Registered")
    SUBSCRIBED = "subscribed", gettext_lazy("Subscribed")


class VariantCount(models.Model):
    """How many came how far with a variant on one day. Nothing in it says who they were."""

    variant = models.ForeignKey(Variant, on_delete=models.CASCADE, related_name="counts")
    day = models.DateField(help_text="In the publication's time zone.")
    shown = models.PositiveIntegerField(default=0)
    registered = models.PositiveIntegerField(default=0)
    subscribed = models.PositiveIntegerField(default=0)

    objects = VariantCountQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["variant", "day"], name="variant_counted_once_a_day")]

    def __str__(self) -> str:
        return f"{self.variant} {self.day}: {self.shown} / {self.registered} / {self.subscribed}"
