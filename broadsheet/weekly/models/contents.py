from typing import TYPE_CHECKING, Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail.fields import RichTextField

from broadsheet.editorial.access import Access
from broadsheet.platform import clock
from broadsheet.weekly.content import Length
from broadsheet.weekly.models.issue import WeeklyIssue

if TYPE_CHECKING:
    from broadsheet.editorial.models import Article

TEXT_OF_SHORT_FORM = ["bold", "italic", "link"]


def access_of(article: "Article") -> Access:
    """As it is set on the article, else its section, else the publication. Rules count above this room."""
    return Access(article.access or article.home_section.access or article.publication.access)


class Holding(models.TextChoices):
    """What a department holds."""

    ARTICLES = "articles", _("Articles")
    LETTERS = "letters", _("Letters to the editor")
    NUMBERS = "numbers", _("The week in numbers")


class Department(models.Model):
    issue = models.ForeignKey(WeeklyIssue, on_delete=models.CASCADE, related_name="departments")
    name = models.CharField(_("name"), max_length=60)
    # Whose articles come into it by rule, whatever an editor calls it here.
    section = models.ForeignKey(
        "editorial.Section", on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    holds = models.CharField(_("holds"), max_length=8, choices=Holding, default=Holding.ARTICLES)
    position = models.PositiveSmallIntegerField()

    class Meta:
        verbose_name = _("department")
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(
                fields=["issue", "position"],
                name="weekly_department_place_once",
            ),
            models.UniqueConstraint(
                fields=["issue", "holds"],
                condition=~models.Q(holds=Holding.ARTICLES),
                name="weekly_department_of_a_kind_once",
            ),
        ]

    if TYPE_CHECKING:
        items: models.QuerySet["IssueItem"]
        section_id: int | None

    def __str__(self) -> str:
        return self.name

    @property
    def has_articles(self) -> bool:
        return self.holds == Holding.ARTICLES


class LengthChoices(models.TextChoices):
    FULL = Length.FULL.value, _("All of it")
    SHORT = Length.SHORT.value, _("Short form")
    STANDFIRST = Length.STANDFIRST.value, _("Standfirst only")


class IssueItem(models.Model):
    """An article in an issue. What it said when the issue was published stays, whatever becomes of it."""

    department = models.ForeignKey(Department, on_delete=models.CASCADE, related_name="items")
    issue = models.ForeignKey(WeeklyIssue, on_delete=models.CASCADE, related_name="items")
    position = models.PositiveSmallIntegerField()
    article = models.ForeignKey(
        "editorial.Article", on_delete=models.SET_NULL, null=True, related_name="weekly_items"
    )
    article_uuid = models.UUIDField()
    length = models.CharField(_("length"), max_length=10, choices=LengthChoices, default=LengthChoices.FULL)
    short_form = RichTextField(_("short form"), features=TEXT_OF_SHORT_FORM, blank=True)
    # What it was then, to tell what has become of it since.
    placed_at = models.DateTimeField(default=clock.now, editable=False)
    placed_access = models.CharField(max_length=12, choices=Access, blank=True, editable=False)
    # What it said when the issue was published, as `said.Said` has it; none before.
    pinned = models.JSONField(null=True, encoder=DjangoJSONEncoder, editable=False)

    class Meta:
        verbose_name = _("article in an issue")
        ordering = ["department__position", "position"]
        constraints = [
            models.UniqueConstraint(
                fields=["department", "position"],
                name="weekly_item_place_once",
            ),
            models.UniqueConstraint(fields=["issue", "article_uuid"], name="article_once_in_weekly_issue"),
        ]

    def __str__(self) -> str:
        return f"{self.issue}: {self.article_uuid}"

    if TYPE_CHECKING:
        department_id: int

    def save(self, *args: Any, **kwargs: Any) -> None:
        if self._state.adding and self.article and not self.placed_access:
            self.placed_access = access_of(self.article)
        super().save(*args, **kwargs)

    def pin(self, said: dict[str, Any]) -> None:
        """`said`: what `Said.pinned` has of the article."""
        self.pinned = said
        self.save(update_fields=["pinned"])


class LeftOut(models.Model):
    """An article that an editor took out of an issue, so that assembling again does not bring it back."""

    issue = models.ForeignKey(WeeklyIssue, on_delete=models.CASCADE, related_name="left_out")
    article_uuid = models.UUIDField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["issue", "article_uuid"], name="article_left_out_of_issue_once")
        ]

    def __str__(self) -> str:
        return f"{self.issue}: {self.article_uuid}"


class IssueLetter(models.Model):
    issue = models.ForeignKey(WeeklyIssue, on_delete=models.CASCADE, related_name="letters")
    letter = models.ForeignKey("editorial.LetterToEditor", on_delete=models.CASCADE, related_name="+")
    position = models.PositiveSmallIntegerField()

    class Meta:
        verbose_name = _("letter in an issue")
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["issue", "letter"], name="letter_once_in_weekly_issue"),
            models.UniqueConstraint(
                fields=["issue", "position"],
                name="weekly_letter_place_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.issue}: {self.letter_id}"


class IssueCorrection(models.Model):
    """What was wrong in a published issue's own words: its cover, its note, its numbers."""

    issue = models.ForeignKey(WeeklyIssue, on_delete=models.CASCADE, related_name="corrections")
    day = models.DateField(_("date"))
    note = models.TextField(_("note"), help_text=_("What was wrong, and what is right."))
    at = models.DateTimeField(default=clock.now, editable=False)

    class Meta:
        verbose_name = _("correction of an issue")
        ordering = ["at", "pk"]

    def __str__(self) -> str:
        return f"{self.issue}, {self.day}"
