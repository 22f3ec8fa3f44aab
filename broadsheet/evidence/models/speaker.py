from typing import TYPE_CHECKING, Any, ClassVar

from django.db import models
from django.db.models.functions import Lower
from django.urls import reverse
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalKey
from modelcluster.models import ClusterableModel
from wagtail.admin.panels import FieldPanel, FieldRowPanel, InlinePanel
from wagtail.images import get_image_model_string
from wagtail.models import Orderable
from wagtail.search import index

from broadsheet.evidence.models.merging import Mergeable, MergeableQuerySet
from broadsheet.evidence.names import name_key
from broadsheet.evidence.partial_dates import WRITTEN, validate_partial_date

if TYPE_CHECKING:
    from django.db.models.fields.related_descriptors import RelatedManager

SLUG_LENGTH = 60


class Speaker(Mergeable, index.Indexed, ClusterableModel):
    """Who is quoted or holds a position: one record, whatever they were when they said it."""

    class Kind(models.TextChoices):
        PERSON = "person", _("Person")
        BODY = "body", _("Body: an office, a firm, a party")
        GROUP = "group", _("Several who hold one view")

        @property
        def in_a_word(self) -> str:
            """Without the examples that its label has in forms."""
            return str(self.label).partition(":")[0]

    name = models.CharField(_("name"), max_length=120)
    slug = models.SlugField(
        _("slug"),
        max_length=SLUG_LENGTH + 10,
        unique=True,
        blank=True,
        help_text=_("Empty: made of the name."),
    )
    kind = models.CharField(_("kind"), max_length=6, choices=Kind.choices, default=Kind.PERSON)
    description = models.CharField(
        _("who that is"), max_length=200, blank=True, help_text=_("So that namesakes can be told apart.")
    )
    picture = models.ForeignKey(
        get_image_model_string(),
        on_delete=models.SET_NULL,
        verbose_name=_("picture"),
        null=True,
        blank=True,
        related_name="+",
    )
    name_key = models.CharField(max_length=240, editable=False, db_index=True)

    objects: ClassVar[Any] = MergeableQuerySet.as_manager()
    cites = ("quotations", "positions")

    panels = [
        FieldPanel("name"),
        FieldRowPanel([FieldPanel("kind"), FieldPanel("slug")]),
        FieldPanel("description"),
        FieldPanel("picture"),
        InlinePanel("roles", label=_("Role"), heading=_("Roles over time")),
    ]
    search_fields = [
        index.AutocompleteField("name"),
        index.SearchField("name"),
        index.SearchField("description"),
        index.FilterField("merged_into_id"),
    ]

    class Meta(Mergeable.Meta):
        verbose_name = _("speaker")
        ordering = [Lower("name"), "pk"]
        constraints = [
            *Mergeable.Meta.constraints,
            models.CheckConstraint(condition=~models.Q(name=""), name="speaker_has_a_name"),
            models.CheckConstraint(condition=~models.Q(slug=""), name="speaker_has_a_slug"),
        ]

    if TYPE_CHECKING:
        roles: "RelatedManager[SpeakerRole]"

    def __str__(self) -> str:
        return f"{self.name} ({self.description})" if self.description else self.name

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.name_key = name_key(self.name)
        if not self.slug:
            self.slug = self._free_slug()
        super().save(*args, **kwargs)

    def _free_slug(self) -> str:
        wanted = slugify(self.name)[:SLUG_LENGTH].strip("-") or "speaker"
        taken = set(Speaker.objects.filter(slug__startswith=wanted).values_list("slug", flat=True))
        numbered = (f"{wanted}-{number}" for number in range(2, len(taken) + 3))
        return next(slug for slug in (wanted, *numbered) if slug not in taken)

    def get_absolute_url(self) -> str:
        return reverse("speaker", args=[self.slug])

    @property
    def kind_in_a_word(self) -> str:
        return self.Kind(self.kind).in_a_word

    @property
    def is_person(self) -> bool:
        return self.kind == self.Kind.PERSON

    def _hand_over(self, kept: "Speaker") -> None:
        there = set(kept.roles.values_list("role", "begins"))
        for role in self.roles.all():
            if (role.role, role.begins) not in there:
                SpeakerRole.objects.filter(pk=role.pk).update(speaker=kept)


class SpeakerRole(Orderable):
    speaker = ParentalKey(Speaker, on_delete=models.CASCADE, related_name="roles")
    role = models.CharField(_("role"), max_length=160)
    begins = models.CharField(_("since"), max_length=10, blank=True, validators=[validate_partial_date])
    ends = models.CharField(_("until"), max_length=10, blank=True, validators=[validate_partial_date])

    panels = [FieldPanel("role"), FieldRowPanel([FieldPanel("begins"), FieldPanel("ends")])]

    class Meta(Orderable.Meta):
        constraints = [
            models.CheckConstraint(
                condition=(models.Q(begins="") | models.Q(begins__regex=WRITTEN))
                & (models.Q(ends="") | models.Q(ends__regex=WRITTEN)),
                name="role_has_dates",
            )
        ]

    def __str__(self) -> str:
        return self.role
