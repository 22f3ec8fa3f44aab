from typing import Any, ClassVar, Self

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import F, Q
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.models import Locale

from broadsheet.editorial.models import Publication
from broadsheet.identity import drawing, sheet
from broadsheet.identity.choices import ACCENT, PAIRINGS, PAPERS, Layout, Masthead, PaperKind
from broadsheet.identity.colours import HEX, for_the_dark, least_contrast, nearest, normal
from broadsheet.identity.elsewhere import links_in, site_of
from broadsheet.identity.models.file import IdentityFile
from broadsheet.people.models import Person
from broadsheet.platform import clock
from broadsheet.platform.kept import KeptQuerySet, watch


class IdentityChanged(Exception):
    """Somebody else has applied another identity since this one was begun."""


class ColourField(models.CharField):  # type: ignore[type-arg]
    """``#rrggbb``, however it was typed."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs["max_length"] = 7
        super().__init__(*args, **kwargs)

    def to_python(self, value: Any) -> Any:
        if not value:
            return ""
        try:
            return normal(str(value))
        except ValueError as error:
            raise ValidationError(
                _("“%(typed)s” can’t be read. Write it like #8a1c22.") % {"typed": value}
            ) from error


class IdentityQuerySet(KeptQuerySet["Identity"]):
    tag = "identity"

    def in_scope(self, locale: Locale | None) -> Self:
        return self.filter(edition=locale)

    def applied(self) -> Self:
        """Newest first."""
        return self.exclude(applied_at=None).order_by("-applied_at", "-pk")

    def draft_of(self, person: Person, locale: Locale | None) -> "Identity | None":
        return self.filter(edition=locale, made_by=person, applied_at=None).first()


class Identity(models.Model):
    """How the publication, or one edition, looks: somebody's draft, or what was applied and stays."""

    PICTURES: ClassVar[tuple[str, ...]] = ("logo", "logo_dark", "icon")

    edition = models.ForeignKey(
        Locale,
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=gettext_lazy("edition"),
    )
    made_by = models.ForeignKey(Person, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    changed_at = models.DateTimeField(default=clock.now)
    over = models.ForeignKey("self", on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    """What was applied when the draft was begun."""
    applied_at = models.DateTimeField(null=True, blank=True)
    applied_by = models.ForeignKey(Person, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    follows = models.BooleanField(default=False)
    """Of an edition: that from then on it looked as all others do."""

    name = models.CharField(gettext_lazy("name"), max_length=80, blank=True)
    motto = models.CharField(gettext_lazy("motto"), max_length=160, blank=True)
    share_picture = models.ForeignKey(
        "editorial.Picture",
        on_delete=models.SET_NULL,
        verbose_name=gettext_lazy("picture for links"),
        null=True,
        blank=True,
        related_name="+",
        help_text=gettext_lazy("Shown where a link to a page without a picture of its own is shared."),
    )
    pairing = models.CharField(
        gettext_lazy("fonts"),
        max_length=12,
        choices=[(pairing.key, pairing.name) for pairing in PAIRINGS.values()],
        default="newsreader",
    )
    accent = ColourField(
        gettext_lazy("accent"),
        default=ACCENT,
        help_text=gettext_lazy("Of kickers, buttons and links, on light paper: #8a1c22."),
    )
    accent_dark = ColourField(
        gettext_lazy("accent in the dark"),
        blank=True,
        help_text=gettext_lazy("Empty: a lighter form of the accent is found."),
    )
    paper = models.CharField(
        gettext_lazy("paper"), max_length=8, choices=PaperKind.choices, default=PaperKind.WARM
    )
    masthead = models.CharField(
        gettext_lazy("masthead"), max_length=8, choices=Masthead.choices, default=Masthead.CENTRED
    )
    layout = models.CharField(
        gettext_lazy("front page"), max_length=8, choices=Layout.choices, default=Layout.NEWS
    )
    about = models.CharField(
        gettext_lazy("about, at the foot"),
        max_length=300,
        blank=True,
        help_text=gettext_lazy("One or two sentences below the name, at the foot of each page."),
    )
    links = models.TextField(
        gettext_lazy("accounts elsewhere"),
        max_length=1600,
        blank=True,
        help_text=gettext_lazy(
            "Of the magazine on social networks: one address a line, in the order in which they are shown."
        ),
    )

    logo = models.ForeignKey(IdentityFile, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    logo_dark = models.ForeignKey(
        IdentityFile, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    icon = models.ForeignKey(IdentityFile, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    """As it was uploaded: the largest of the icons."""
    icon_32 = models.ForeignKey(
        IdentityFile, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    icon_180 = models.ForeignKey(
        IdentityFile, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    icon_192 = models.ForeignKey(
        IdentityFile, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    icon_512 = models.ForeignKey(
        IdentityFile, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    sheet = models.ForeignKey(IdentityFile, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    objects = IdentityQuerySet.as_manager()

    class Meta:
        verbose_name = gettext_lazy("identity")
        verbose_name_plural = gettext_lazy("identities")
        constraints = [
            models.UniqueConstraint(
                F("made_by"),
                Coalesce("edition", 0),
                condition=Q(applied_at=None),
                name="one_draft_of_an_identity_each",
            ),
            models.CheckConstraint(
                condition=Q(applied_at=None) | Q(sheet__isnull=False), name="an_applied_identity_has_a_sheet"
            ),
            models.CheckConstraint(
                condition=Q(follows=False) | Q(edition__isnull=False), name="only_an_edition_follows"
            ),
        ]

    def __str__(self) -> str:
        return str(self._meta.verbose_name)

    # --- Drafts -------------------------------------------------------------------------------------------

    @classmethod
    def current(cls, locale: Locale | None) -> "Identity | None":
        found: Identity | None = cls.objects.in_scope(locale).applied().first()
        return None if found and found.follows else found

    @classmethod
    def draft(cls, person: Person, locale: Locale | None) -> "Identity":
        """`person`'s draft, or a new one, unsaved, of how it looks now."""
        if found := cls.objects.draft_of(person, locale):
            return found
        return cls.like(cls.current(locale) or cls.current(None), person, locale)

    @classmethod
    def like(cls, model: "Identity | None", person: Person | None, locale: Locale | None) -> "Identity":
        """A new draft that looks as `model` does, or as no identity does, under today's name."""
        publication = Publication.load()
        draft = cls(edition=locale, made_by=person, over=cls.objects.in_scope(locale).applied().first())
        if model:
            for field in LOOKS:
                setattr(draft, field, getattr(model, field))
        if locale is None:
            draft.name = publication.name
            draft.share_picture_id = publication.share_picture_id
        if locale is None or not model or model.edition_id is None:
            draft.motto = publication.motto
        return draft

    @property
    def is_overtaken(self) -> bool:
        """Whether something else was applied since this draft was begun."""
        newest = type(self).objects.in_scope(self.edition).applied().first()
        return (newest and newest.pk) != self.over_id

    # --- Colours ------------------------------------------------------------------------------------------

    @property
    def accent_in_the_dark(self) -> str:
        return self.accent_dark or for_the_dark(self.accent, PAPERS[PaperKind(self.paper)][1].grounds)

    def clean(self) -> None:
        super().clean()
        if self.edition_id is None and not self.name.strip():
            raise ValidationError({"name": _("The magazine needs a name.")})
        faults: dict[str, str | ValidationError] = {}
        if self.paper in PaperKind.values:
            light, dark = PAPERS[PaperKind(self.paper)]
            for field, scheme, where in (
                ("accent", light, _("on light paper")),
                ("accent_dark", dark, _("in the dark")),
            ):
                colour = getattr(self, field)
                if HEX.fullmatch(colour) and (near := nearest(colour, scheme.grounds)) != colour:
                    faults[field] = _(
                        "%(typed)s can’t be read %(where)s: its contrast is %(contrast).1f to 1, and 4.5 to 1"
                        " is needed. The nearest that can be read is %(near)s."
                    ) % {
                        "typed": colour,
                        "where": where,
                        "contrast": least_contrast(colour, scheme.grounds),
                        "near": near,
                    }
        try:
            self.links = "\n".join(links_in(self.links))
        except ValidationError as error:
            faults["links"] = error
        if faults:
            raise ValidationError(faults)

    @property
    def elsewhere(self) -> list[tuple[str, str]]:
        """The names and addresses of the magazine's accounts on other sites."""
        return [(site_of(link), link) for link in self.links.splitlines() if link]

    # --- Files --------------------------------------------------------------------------------------------

    def take_logo(self, content: bytes, *, dark: bool = False) -> None:
        """Raises ValidationError, in which case nothing has changed."""
        made = IdentityFile.of(*drawing.logo(content))
        if dark:
            self.logo_dark = made
        else:
            self.logo = made

    def take_icon(self, content: bytes) -> None:
        """Raises ValidationError, in which case nothing has changed."""
        self._set_icons(drawing.icons(content))
        self.icon = self.icon_512

    def make_files(self) -> None:
        """What pages load of it, from what it says now."""
        if self.icon is None:
            title = self.name or Publication.load().name
            paper = PAPERS[PaperKind(self.paper)][0].grounds[0]
            self._set_icons(drawing.initial(title, self.pairing, self.accent, paper))
        self.sheet = IdentityFile.of(sheet.written(self).encode(), "text/css")

    def _set_icons(self, drawn: dict[int, bytes]) -> None:
        for size, content in drawn.items():
            setattr(self, f"icon_{size}", IdentityFile.of(content, "image/png", (size, size)))

    def keep_draft(self) -> None:
        self.make_files()
        self.changed_at = clock.now()
        self.save()

    # --- Applying -----------------------------------------------------------------------------------------

    def apply(self, by: Person | None) -> None:
        """Shows it to everybody; raises IdentityChanged where somebody else applied one meanwhile."""
        with transaction.atomic():
            publication = Publication.objects.select_for_update().get_or_create()[0]
            if self.is_overtaken:
                raise IdentityChanged
            self.make_files()
            if self.edition_id is None:
                publication.name, publication.motto = self.name, self.motto
                publication.share_picture_id = self.share_picture_id
                publication.save()
            self.applied_at, self.applied_by = clock.now(), by
            self.save()

    @classmethod
    def follow(cls, locale: Locale, by: Person | None) -> "Identity":
        """From now on the edition looks as all others do."""
        row = cls.like(cls.current(locale), by, locale)
        row.follows, row.applied_at, row.applied_by, row.made_by = True, clock.now(), by, None
        row.make_files()
        row.save()
        return row


LOOKS = (
    "motto",
    "pairing",
    "accent",
    "accent_dark",
    "paper",
    "masthead",
    "layout",
    "about",
    "links",
    "logo",
    "logo_dark",
    "icon",
    "icon_32",
    "icon_180",
    "icon_192",
    "icon_512",
)
"""What one identity takes over from another; a name and a picture for links are the publication's alone."""
FILES = ("logo", "logo_dark", "icon", "icon_32", "icon_180", "icon_192", "icon_512", "sheet")


watch(IdentityQuerySet.tag, Identity)
