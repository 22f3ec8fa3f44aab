from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from broadsheet.importers.models.moving import Import


class Imported(models.Model):
    """One record of a source, by its own id, and what it is here. It is known again in later imports."""

    # Wagtail need not know what it refers to: nothing here keeps anything from being deleted.
    wagtail_reference_index_ignore = True

    class Kind(models.TextChoices):
        AUTHOR = "author", _("author")
        SECTION = "section", _("section")
        TOPIC = "topic", _("topic")
        PICTURE = "picture", _("picture")
        SOUND = "sound", _("sound")
        ARTICLE = "article", _("article")
        PAGE = "page", _("page")
        NEWSLETTER = "newsletter", _("newsletter")
        PLAN = "plan", _("plan")

    class State(models.TextChoices):
        PLANNED = "planned", _("to come")
        MAPPED = "mapped", _("is here already")
        DONE = "done", _("imported")
        GONE = "gone", _("gone at the old address")
        LEFT = "left", _("left alone: it was changed here")
        UNDONE = "undone", _("undone")

    origin = models.CharField(max_length=200)
    kind = models.CharField(_("kind"), max_length=10, choices=Kind.choices)
    key = models.CharField(max_length=255)
    moving = models.ForeignKey(Import, on_delete=models.CASCADE, related_name="rows")
    """The import that asked for it last."""
    made_by = models.ForeignKey(Import, on_delete=models.SET_NULL, null=True, related_name="made")
    """The import that made it here; None: it is not there yet, or was there before."""
    title = models.CharField(_("title"), max_length=255, blank=True)
    slug = models.CharField(max_length=255, blank=True)
    old_address = models.CharField(_("old address"), max_length=500, blank=True)
    new_address = models.CharField(_("new address"), max_length=500, blank=True)
    state = models.CharField(_("state"), max_length=7, choices=State.choices, default=State.PLANNED)
    words = models.CharField(_("why"), max_length=300, blank=True)
    target = models.BigIntegerField(null=True)
    """The primary key of what it is here."""
    digest = models.CharField(max_length=64, blank=True)
    """Of the record as it was read when it was last written."""
    as_left = models.CharField(max_length=200, blank=True)
    """What the importer left behind: if it reads otherwise now, somebody changed it here."""
    about = models.JSONField(default=dict)

    class Meta:
        verbose_name = _("imported record")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["origin", "kind", "key"], name="imported_once_of_a_source"),
            models.CheckConstraint(
                condition=~Q(state="done") | Q(target__isnull=False), name="imported_is_something_here"
            ),
        ]
        indexes = [
            models.Index(fields=["moving", "kind", "state"]),
            models.Index(fields=["made_by"]),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.title}"


class OldAddress(models.Model):
    """An address of the old site, as Wagtail compares them, and what stands there now."""

    # Wagtail need not know what it refers to: nothing here keeps anything from being deleted.
    wagtail_reference_index_ignore = True

    origin = models.CharField(max_length=200)
    path = models.CharField(max_length=255)
    moving = models.ForeignKey(Import, on_delete=models.CASCADE, related_name="old_addresses")
    row = models.ForeignKey(Imported, on_delete=models.CASCADE, null=True, related_name="old_addresses")
    leads_to = models.CharField(max_length=500, blank=True)
    """Where no record stands for it."""
    redirect = models.BigIntegerField(null=True)
    """The primary key of the redirect that was made; 0: none was needed."""

    class Meta:
        verbose_name = _("old address")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["origin", "path"], name="old_address_once_of_a_source"),
        ]
        indexes = [models.Index(fields=["moving", "redirect"])]

    def __str__(self) -> str:
        return self.path
