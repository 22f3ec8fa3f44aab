"""What the desk does with a whole issue, each with a note in the log."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Model
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin.widgets import AdminDateTimeInput

from broadsheet.desk.acts import Act
from broadsheet.desk.assigning import NoteForm
from broadsheet.desk.weekly.access import name_of_issue, shared
from broadsheet.desk.weekly.preflight import grouped
from broadsheet.desk.zones import InAZone
from broadsheet.weekly.errors import NotReady, WeeklyIssueError
from broadsheet.weekly.models import State, WeeklyIssue
from broadsheet.weekly.preflight.checking import errors_in, mark_of, preflight

NOW, LATER = "now", "later"


class WeeklyAct(InAZone, Act):
    model: type[Model] = WeeklyIssue
    record_name = "weekly:issue"
    form_class: type[forms.Form] = NoteForm
    header_icon = "doc-full-inverse"

    def name_of_object(self) -> str:
        return name_of_issue(self.object)

    def carry_out(self, typed: dict[str, Any]) -> str:
        raise NotImplementedError

    def act(self, typed: dict[str, Any]) -> str:
        try:
            return self.carry_out(typed)
        except NotReady as error:
            raise ValidationError(error.faults) from error
        except WeeklyIssueError as error:
            raise ValidationError(error.reason) from error

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | shared(self.object, self.request.user, "")


class PublishForm(forms.Form):
    when = forms.ChoiceField(
        label=gettext_lazy("When"),
        choices=[(NOW, gettext_lazy("Now")), (LATER, gettext_lazy("At this moment:"))],
        widget=forms.RadioSelect,
        initial=NOW,
    )
    at = forms.DateTimeField(label=gettext_lazy("Day and time"), required=False, widget=AdminDateTimeInput)
    accepts = forms.BooleanField(
        label=gettext_lazy("I have looked at the warnings, and it goes out as it is"), required=False
    )
    seen = forms.CharField(required=False, widget=forms.HiddenInput)
    """Which warnings were shown."""

    def clean(self) -> dict[str, Any]:
        typed: dict[str, Any] = super().clean() or {}
        if typed.get("when") == LATER and not typed.get("at") and "at" not in self.errors:
            self.add_error("at", ValidationError(_("Say on which day and at what time.")))
        return typed


class Publish(WeeklyAct):
    """Errors keep it from being published; warnings must have been seen, those that there are now."""

    page_title = gettext_lazy("Publish")
    header_icon = "check"
    action = "weekly.publish"
    template_name = "desk/weekly/publish.html"
    form_class: type[forms.Form] = PublishForm
    done = gettext_lazy("Done.")

    def setup(self, request: Any, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        self.findings = preflight(self.object)

    def get_initial(self) -> dict[str, Any]:
        at = self.object.publish_at
        return {"when": LATER, "at": at} if at else {}

    def get_form(self, form_class: Any = None) -> Any:
        form = super().get_form(form_class)
        if not self.has_warnings:
            del form.fields["accepts"]
        form.fields["at"].help_text = _("By the clock of its edition.")
        return form

    @property
    def has_warnings(self) -> bool:
        return len(errors_in(self.findings)) < len(self.findings)

    def carry_out(self, typed: dict[str, Any]) -> str:
        if errors_in(self.findings):
            raise ValidationError(_("It can’t be published yet: see what is to be put right."))
        if self.has_warnings and not typed.get("accepts"):
            raise ValidationError(_("Look at the warnings first, and say that it goes out as it is."))
        if self.has_warnings and typed["seen"] != mark_of(self.findings):
            raise ValidationError(_("There are other warnings now than you were shown. Look at them again."))
        if typed["when"] == LATER:
            self.object.schedule(typed["at"])
            return _("It will be published on %s") % said_of(typed["at"])
        self.object.publish()
        return _("It is published, and readers can read it")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        return context | {
            "groups": grouped(self.findings, self.object, may_edit=True),
            "is_ready": not errors_in(self.findings),
            "mark": mark_of(self.findings),
            "is_open": self.object.state in {State.DRAFT, State.SCHEDULED},
        }


def said_of(moment: Any) -> str:
    here = localtime(moment)
    return f"{date_format(here, 'DATETIME_FORMAT')} {here:%Z}"


class TakeBack(WeeklyAct):
    page_title = gettext_lazy("Take back")
    header_icon = "undo"
    action = "weekly.take_back"
    explanation = gettext_lazy("It is a draft again, and is not published until somebody says so.")
    done = gettext_lazy("It is a draft again.")

    def carry_out(self, typed: dict[str, Any]) -> str:
        self.object.unschedule()
        return ""


class Withdraw(WeeklyAct):
    page_title = gettext_lazy("Withdraw")
    header_icon = "no-view"
    action = "weekly.withdraw"
    is_destructive = True
    explanation = gettext_lazy(
        "It leaves our pages, with its files. What readers have downloaded stays with them. Its articles stay"
        " published. It can be shown again as it was."
    )
    done = gettext_lazy("It is withdrawn.")

    def carry_out(self, typed: dict[str, Any]) -> str:
        self.object.withdraw()
        return ""


class ShowAgain(WeeklyAct):
    page_title = gettext_lazy("Show again")
    header_icon = "view"
    action = "weekly.show_again"
    explanation = gettext_lazy("Readers have it as it was before it was withdrawn.")
    done = gettext_lazy("It is shown again.")

    def carry_out(self, typed: dict[str, Any]) -> str:
        if self.object.state != State.WITHDRAWN:
            raise ValidationError(_("It is not withdrawn."))
        self.object.publish()
        return ""


class CorrectForm(forms.Form):
    note = forms.CharField(
        label=gettext_lazy("What was wrong, and what is right"),
        max_length=2_000,
        widget=forms.Textarea(attrs={"rows": 5, "dir": "auto"}),
    )


class Correct(WeeklyAct):
    page_title = gettext_lazy("Correct the issue itself")
    header_icon = "edit"
    action = "weekly.correct"
    form_class: type[forms.Form] = CorrectForm
    explanation = gettext_lazy(
        "For what the cover, the note or the numbers say. It stands in this issue and in the next. What an"
        " article says is corrected on the article, and comes into both by itself."
    )
    button = gettext_lazy("Publish the correction")
    done = gettext_lazy("The correction is published.")

    def carry_out(self, typed: dict[str, Any]) -> str:
        self.object.correct(typed["note"])
        return ""
