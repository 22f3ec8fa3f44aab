import re
from typing import TYPE_CHECKING, Any, ClassVar, Self

from django.db import models
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalKey
from modelcluster.models import ClusterableModel
from wagtail.admin.panels import FieldPanel, InlinePanel
from wagtail.models import Orderable
from wagtail.search import index

from broadsheet.evidence.names import name_key
from broadsheet.platform.kept import Kept, KeptQuerySet

if TYPE_CHECKING:
    from django.db.models.fields.related_descriptors import RelatedManager


TAG = "contested terms"


class ContestedTermQuerySet(KeptQuerySet["ContestedTerm"]):
    tag = TAG

    def for_bodies(self) -> Self:
        return self.select_related("source__merged_into").prefetch_related("uses")


class ContestedTerm(index.Indexed, ClusterableModel):
    """A word that sides use for different things: who says it of whom, what we write, and why."""

    term = models.CharField(_("term"), max_length=80)
    slug = models.SlugField(_("slug"), max_length=80, unique=True)
    other_forms = models.CharField(
        _("other forms"),
        max_length=300,
        blank=True,
        help_text=_("What else is looked for in articles, with commas between: “terrorists, terrorism”."),
    )
    our_use = models.TextField(_("what we write, and why"))
    source = models.ForeignKey(
        "evidence.Source",
        on_delete=models.PROTECT,
        verbose_name=_("source"),
        null=True,
        related_name="contested_terms",
    )
    term_key = models.CharField(max_length=160, unique=True, editable=False)

    objects: ClassVar[Any] = ContestedTermQuerySet.as_manager()

    panels = [
        FieldPanel("term"),
        FieldPanel("slug"),
        FieldPanel("other_forms"),
        InlinePanel("uses", label=_("Use"), heading=_("Who uses it for whom"), min_num=2),
        FieldPanel("our_use"),
        FieldPanel("source"),
    ]
    search_fields = [index.AutocompleteField("term"), index.SearchField("term")]

    class Meta:
        verbose_name = _("contested term")
        ordering = ["term"]
        constraints = [
            models.CheckConstraint(condition=~models.Q(term=""), name="contested_term_has_a_word"),
        ]

    if TYPE_CHECKING:
        uses: "RelatedManager[TermUse]"

    def __str__(self) -> str:
        return self.term

    def clean(self) -> None:
        super().clean()
        self.term_key = name_key(self.term)

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.term_key = name_key(self.term)
        super().save(*args, **kwargs)

    @property
    def forms(self) -> list[str]:
        """The term and its other forms, the longest first."""
        written = [self.term, *self.other_forms.split(",")]
        return sorted({form.strip() for form in written if form.strip()}, key=lambda form: (-len(form), form))

    def pattern(self) -> re.Pattern[str]:
        """Matches any of its forms as whole words."""
        forms = "|".join(map(re.escape, self.forms))
        return re.compile(rf"(?<!\w)(?:{forms})(?!\w)", re.IGNORECASE)


class TermUse(Orderable):
    term = ParentalKey(ContestedTerm, on_delete=models.CASCADE, related_name="uses")
    who = models.CharField(_("who says it"), max_length=120)
    whom = models.CharField(_("of whom"), max_length=200)

    panels = [FieldPanel("who"), FieldPanel("whom")]


def _register() -> dict[int, ContestedTerm]:
    found: dict[int, ContestedTerm] = ContestedTerm.objects.for_bodies().in_bulk()
    return found


register = Kept(_register, TAG)
"""Id → term: all there are, which are few."""
