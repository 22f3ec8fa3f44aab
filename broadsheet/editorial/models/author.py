from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, FieldRowPanel, TitleFieldPanel
from wagtail.search import index

from broadsheet.delivery.address_fields import EmailModelField


class Author(index.Indexed, models.Model):
    name = models.CharField(_("name"), max_length=120)
    slug = models.SlugField(_("slug"), unique=True)
    role = models.CharField(_("role"), max_length=120, blank=True)
    edition = models.ForeignKey(
        "wagtailcore.Locale",
        on_delete=models.PROTECT,
        verbose_name=_("edition"),
        null=True,
        blank=True,
        related_name="authors",
        help_text=_("Named in the byline: “Eleanor Vance, The Meridian US”."),
    )
    picture = models.ForeignKey(
        "editorial.Picture",
        on_delete=models.SET_NULL,
        verbose_name=_("picture"),
        null=True,
        blank=True,
        related_name="+",
    )
    biography = models.TextField(_("biography"), blank=True)
    person = models.OneToOneField(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        verbose_name=_("account at the desk"),
        null=True,
        blank=True,
        related_name="author",
        limit_choices_to=models.Q(groups__isnull=False) | models.Q(is_superuser=True),
        help_text=_("New articles from this account begin with this byline."),
    )
    email = EmailModelField(_("e-mail address for readers"), blank=True)

    panels = [
        TitleFieldPanel("name"),
        FieldPanel("slug"),
        FieldRowPanel([FieldPanel("role"), FieldPanel("edition")]),
        FieldPanel("picture"),
        FieldPanel("biography"),
        FieldPanel("email"),
        FieldPanel("person"),
    ]
    search_fields = [index.AutocompleteField("name"), index.SearchField("name")]

    class Meta:
        verbose_name = _("author")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class Topic(index.Indexed, models.Model):
    """A running subject or story."""

    name = models.CharField(_("name"), max_length=80, unique=True)
    slug = models.SlugField(_("slug"), unique=True)
    description = models.CharField(_("description"), max_length=300, blank=True)

    panels = [TitleFieldPanel("name"), FieldPanel("slug"), FieldPanel("description")]
    search_fields = [index.AutocompleteField("name"), index.SearchField("name")]

    class Meta:
        verbose_name = _("topic")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name
