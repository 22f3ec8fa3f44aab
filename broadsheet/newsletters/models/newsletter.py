import re
from datetime import time
from email.utils import parseaddr
from typing import TYPE_CHECKING, Any, Self
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models
from django.db.models import F, Q
from django.utils.formats import time_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from broadsheet.delivery.address_fields import EmailModelField
from broadsheet.editorial.models import Kind, Section, Topic
from broadsheet.editorial.zones import zone_of
from broadsheet.platform.edition_field import EditionTagField
from broadsheet.platform.kept import Kept, KeptQuerySet, watch

if TYPE_CHECKING:
    from broadsheet.newsletters.models.issue import Issue
    from broadsheet.newsletters.models.item import MailedArticle
    from broadsheet.newsletters.models.sign_up import SignUpQuerySet

LIST_ID = r"^[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)+$"
"""What RFC 2919 allows, without what mail programs read in different ways."""
TAKEN = {"sign-up", "pace", "code", "confirm", "leave", "preferences", "feed"}
UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f]")


def validate_header_text(text: str) -> None:
    """What stands in a header of mail is one line."""
    if UNPRINTABLE.search(text):
        raise ValidationError(_("Write it in one line."))


def validate_kinds(kinds: object) -> None:
    if not isinstance(kinds, list) or any(kind not in Kind.values for kind in kinds):
        raise ValidationError(_("There is no such kind of article."))


def validate_slug(slug: str) -> None:
    """A newsletter's own page is at its slug, beside those at which one signs up and leaves."""
    if slug in TAKEN:
        raise ValidationError(_("“%s” is an address of another page. Choose another slug.") % slug)


class Frequency(models.TextChoices):
    DAILY = "daily", gettext_lazy("Every day")
    WEEKDAYS = "weekdays", gettext_lazy("Monday to Friday")
    WEEKLY = "weekly", gettext_lazy("Every week")
    MONTHLY = "monthly", gettext_lazy("Every month")
    BY_HAND = "by_hand", gettext_lazy("Whenever there is something to say")


class Weekday(models.IntegerChoices):
    """As Python counts them."""

    MONDAY = 0, gettext_lazy("Monday")
    TUESDAY = 1, gettext_lazy("Tuesday")
    WEDNESDAY = 2, gettext_lazy("Wednesday")
    THURSDAY = 3, gettext_lazy("Thursday")
    FRIDAY = 4, gettext_lazy("Friday")
    SATURDAY = 5, gettext_lazy("Saturday")
    SUNDAY = 6, gettext_lazy("Sunday")


class Clock(models.TextChoices):
    READER = "reader", gettext_lazy("The reader’s")
    EDITION = "edition", gettext_lazy("The edition’s")


class NewsletterQuerySet(KeptQuerySet["Newsletter"]):
    tag = "newsletters"

    def offered(self, edition: str) -> Self:
        """Those that a visitor of the edition with this language tag can sign up to, in order."""
        return self.filter(edition=edition, is_active=True)


class Newsletter(models.Model):
    """Something that readers sign up to: its name, its sender, its time, and what its digest is made of."""

    edition = EditionTagField()
    slug = models.SlugField(gettext_lazy("slug"), max_length=60, validators=[validate_slug])
    name = models.CharField(gettext_lazy("name"), max_length=60, validators=[validate_header_text])
    strapline = models.CharField(
        gettext_lazy("strapline"),
        max_length=140,
        blank=True,
        help_text=gettext_lazy("One sentence that stands wherever one can sign up."),
    )
    description = models.TextField(gettext_lazy("description"), max_length=600, blank=True)
    written_by = models.CharField(
        gettext_lazy("who writes it"), max_length=120, blank=True, help_text=gettext_lazy("“Eleanor Vance”")
    )
    order = models.SmallIntegerField(
        gettext_lazy("order"), default=0, help_text=gettext_lazy("The lowest stands first.")
    )
    is_active = models.BooleanField(gettext_lazy("offered to readers"), default=True)

    # When it is sent.
    frequency = models.CharField(
        gettext_lazy("how often"), max_length=8, choices=Frequency.choices, default=Frequency.BY_HAND
    )
    weekday = models.PositiveSmallIntegerField(
        gettext_lazy("weekday"), choices=Weekday.choices, null=True, blank=True
    )
    month_day = models.PositiveSmallIntegerField(
        gettext_lazy("day of the month"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(31)],
        help_text=gettext_lazy("A month that has no such day takes its last one."),
    )
    send_at = models.TimeField(gettext_lazy("time"), default=time(7))
    clock = models.CharField(
        gettext_lazy("by whose clock"), max_length=7, choices=Clock.choices, default=Clock.READER
    )
    weekly_instead = models.ForeignKey(
        "self",
        on_delete=models.SET_NULL,
        verbose_name=gettext_lazy("fewer"),
        null=True,
        blank=True,
        related_name="more_often",
        help_text=gettext_lazy("The newsletter that readers may get in place of this one, less often."),
    )

    # Who sends it.
    sender_name = models.CharField(
        gettext_lazy("sender’s name"), max_length=80, blank=True, validators=[validate_header_text]
    )
    sender_email = EmailModelField(
        gettext_lazy("sender’s address"),
        blank=True,
        help_text=gettext_lazy("Empty: that of all letters, MAIL_FROM."),
    )
    reply_to = EmailModelField(gettext_lazy("answers go to"), blank=True)
    list_id = models.CharField(
        "List-Id",
        max_length=120,
        unique=True,
        blank=True,
        validators=[RegexValidator(LIST_ID, gettext_lazy("Like briefing.magazine.example."))],
        help_text=gettext_lazy("By which mail programs know it. Empty: made of its slug and the domain."),
    )

    # Who gets it, and what it opens.
    subscribers_only = models.BooleanField(gettext_lazy("for subscribers only"), default=False)
    opens_articles = models.BooleanField(
        gettext_lazy("its links open articles"),
        default=False,
        help_text=gettext_lazy("For whoever it was sent to, for a week, without counting."),
    )

    # Of what its issues are made.
    is_digest = models.BooleanField(gettext_lazy("assembled by rule"), default=False)
    sections = models.ManyToManyField(
        Section, verbose_name=gettext_lazy("sections"), blank=True, related_name="+"
    )
    topics = models.ManyToManyField(Topic, verbose_name=gettext_lazy("topics"), blank=True, related_name="+")
    kinds = models.JSONField(gettext_lazy("kinds"), default=list, blank=True, validators=[validate_kinds])
    max_items = models.PositiveSmallIntegerField(
        gettext_lazy("articles at most"),
        default=8,
        validators=[MinValueValidator(1), MaxValueValidator(30)],
    )
    has_lead = models.BooleanField(gettext_lazy("begins with a lead"), default=True)
    good_news_last = models.BooleanField(gettext_lazy("ends with good news"), default=False)
    assembled_before = models.PositiveSmallIntegerField(
        gettext_lazy("assembled (hours before)"),
        default=8,
        validators=[MinValueValidator(1), MaxValueValidator(72)],
        help_text=gettext_lazy("Before the first of its readers has it. Until then editors can work on it."),
    )
    goes_out_by_itself = models.BooleanField(
        gettext_lazy("goes out without approval"),
        default=False,
        help_text=gettext_lazy("Otherwise a digest that nobody has approved waits."),
    )

    objects = NewsletterQuerySet.as_manager()

    class Meta:
        verbose_name = gettext_lazy("newsletter")
        verbose_name_plural = gettext_lazy("newsletters")
        ordering = ["edition", "order", "name", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["edition", "slug"],
                name="newsletter_once_in_its_edition",
                violation_error_message=gettext_lazy("This edition has a newsletter with this slug already."),
            ),
            models.CheckConstraint(
                condition=~Q(frequency=Frequency.WEEKLY) | Q(weekday__isnull=False),
                name="newsletter_weekly_on_a_day",
                violation_error_message=gettext_lazy("Say on which day of the week it is sent."),
            ),
            models.CheckConstraint(
                condition=~Q(frequency=Frequency.MONTHLY) | Q(month_day__isnull=False),
                name="newsletter_monthly_on_a_day",
                violation_error_message=gettext_lazy("Say on which day of the month it is sent."),
            ),
            models.CheckConstraint(
                condition=Q(weekday=None) | Q(weekday__range=(0, 6)), name="newsletter_weekday_exists"
            ),
            models.CheckConstraint(
                condition=Q(month_day=None) | Q(month_day__range=(1, 31)), name="newsletter_month_day_exists"
            ),
            models.CheckConstraint(
                condition=Q(max_items__range=(1, 30)), name="newsletter_has_room_for_articles"
            ),
            models.CheckConstraint(condition=~Q(list_id=""), name="newsletter_has_a_list_id"),
            models.CheckConstraint(
                condition=Q(weekly_instead=None) | ~Q(weekly_instead=F("id")),
                name="newsletter_is_not_its_own_fewer",
            ),
        ]

    if TYPE_CHECKING:
        sign_ups: SignUpQuerySet
        issues: models.QuerySet[Issue]
        mailed_articles: models.QuerySet[MailedArticle]

    def __str__(self) -> str:
        return f"{self.name}, {self.get_edition_display()}"

    def clean(self) -> None:
        super().clean()
        self.list_id = self.list_id or self._made_list_id()
        if self.weekly_instead and self.weekly_instead.edition != self.edition:
            raise ValidationError({"weekly_instead": _("It must be a newsletter of the same edition.")})

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.list_id = self.list_id or self._made_list_id()
        super().save(*args, **kwargs)

    def _made_list_id(self) -> str:
        domain = parseaddr(settings.DEFAULT_FROM_EMAIL)[1].rpartition("@")[2]
        return f"{self.slug}.{self.edition}.{domain}".replace("_", "-").lower()

    @property
    def rhythm(self) -> str:
        """“Monday to Friday at 7 a.m., where you are”."""
        match self.frequency:
            case Frequency.WEEKLY:
                often = _("Every %s") % Weekday(self.weekday or 0).label
            case Frequency.MONTHLY:
                often = _("Once a month")
            case _:
                often = str(Frequency(self.frequency).label)
        if self.frequency == Frequency.BY_HAND:
            return often
        at = time_format(self.send_at, "TIME_FORMAT")
        if self.clock == Clock.READER:
            return _("%(often)s at %(time)s, where you are") % {"often": often, "time": at}
        return _("%(often)s at %(time)s, %(city)s time") % {
            "often": often,
            "time": at,
            "city": self.zone.key.rpartition("/")[2].replace("_", " "),
        }

    @property
    def latest_issue(self) -> "Issue | None":
        """The one that went out last, as a sample."""
        return self.issues.filter(state="done", number__isnull=False).order_by("-send_on", "-pk").first()

    @property
    def zone(self) -> ZoneInfo:
        """The edition’s."""
        return zone_of(self.edition)


def offered_to_all(edition: str) -> list[Newsletter]:
    """Those that all visitors of the edition with this language tag are offered, in order.

    This process keeps them: they are to be looked at only.
    """
    return [one for one in _kept() if one.edition == edition]


def _read() -> list[Newsletter]:
    offered = Newsletter.objects.filter(is_active=True, subscribers_only=False)
    return list(offered.prefetch_related("sections"))


_kept = Kept(_read, NewsletterQuerySet.tag)
watch(NewsletterQuerySet.tag, Newsletter, Newsletter.sections.through)
