"""Complimentary subscriptions: given, changed and ended by the subscriptions manager."""

from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.db import transaction
from django.utils.functional import cached_property
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin.forms.models import WagtailAdminModelForm
from wagtail.admin.ui.tables import Column, DateColumn, TitleColumn
from wagtail.admin.views import generic
from wagtail.admin.viewsets.model import ModelViewSet

from broadsheet.delivery.address_fields import EmailField
from broadsheet.desk.zones import InAZone
from broadsheet.editorial.models import Publication
from broadsheet.membership.account import holdings
from broadsheet.membership.errors import Refused
from broadsheet.membership.models import Entitlement
from broadsheet.membership.models.entitlement import UNTIL_REVOKED
from broadsheet.people.models import Person
from broadsheet.platform import clock
from broadsheet.platform.locking import held


def reader_at(email: str) -> Person | None:
    return Person.objects.filter(email=email, is_active=True).first()


class EntitlementForm(WagtailAdminModelForm):
    email = EmailField(
        label=gettext_lazy("Reader’s e-mail address"),
        help_text=gettext_lazy("They must have registered with it. They are told by e-mail."),
    )
    all_the_same = forms.BooleanField(label=gettext_lazy("Give it anyway"), required=False)

    class Meta(WagtailAdminModelForm.Meta):
        model = Entitlement
        fields = ("starts_at", "ends_at", "reason")

    field_order = ("email", "all_the_same", "starts_at", "ends_at", "reason")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["ends_at"].required = False
        if self.instance.pk:
            self.initial["email"] = self.instance.person.email
            self.fields["email"].disabled = True
            self.fields["email"].help_text = ""
            if self.instance.is_open_ended:
                self.initial["ends_at"] = None
        if self.holdings:
            lines = format_html_join("", "<li>{}</li>", ((line,) for line in self.holdings))
            self.fields["all_the_same"].help_text = format_html(
                "{}<ul>{}</ul>", _("They read without limit already, by:"), lines
            )
        else:
            del self.fields["all_the_same"]

    @cached_property
    def holdings(self) -> list[str]:
        """What the reader who is to be given something reads by now."""
        if self.instance.pk:
            return []
        typed = self.data.get("email") if self.is_bound else self.initial.get("email")
        try:
            reader = reader_at(self.fields["email"].clean(typed or ""))
        except forms.ValidationError:
            return []
        return holdings(reader) if reader else []

    def clean_email(self) -> str:
        email: str = self.cleaned_data["email"]
        person = reader_at(email)
        if person is None:
            raise forms.ValidationError(_("Nobody is registered with this address."))
        self.instance.person = person
        return email

    def clean_ends_at(self) -> Any:
        return self.cleaned_data["ends_at"] or UNTIL_REVOKED

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean()
        starts, ends = cleaned.get("starts_at"), cleaned.get("ends_at")
        if starts and ends and ends <= starts:
            self.add_error("ends_at", _("It must end after it begins."))
        elif ends and not self.instance.pk and ends <= clock.now():
            self.add_error("ends_at", _("This moment has passed. Choose a later one."))
        if self.holdings and not cleaned.get("all_the_same"):
            self.add_error("all_the_same", _("They would read no more with it. Tick this to give it anyway."))
        return cleaned


class InThePublicationsZone(InAZone):
    """That of complimentary subscriptions."""

    def zone(self) -> ZoneInfo:
        return Publication.load().zone


class OnceForAReader(InThePublicationsZone):
    def form_valid(self, form: EntitlementForm) -> Any:
        # Two tabs and two people may give at once.
        with transaction.atomic(), held(form.instance.person):
            try:
                form.instance.require_no_other()
            except Refused as refused:
                form.add_error("email", refused.reason)
            else:
                return super().form_valid(form)  # type: ignore[misc]
        # What Wagtail sets down where a form itself finds the fault.
        self.produced_error_code = "validation_error"
        self.produced_error_message = self.get_error_message()  # type: ignore[attr-defined]
        return self.form_invalid(form)  # type: ignore[attr-defined]


class GiveView(OnceForAReader, generic.CreateView):
    def get_initial(self) -> dict[str, Any]:
        return {"email": self.request.GET.get("email", "")}

    def save_instance(self) -> Any:
        self.form.instance.given_by = self.request.user
        given = super().save_instance()
        given.announce()
        return given


class EntitlementIndex(InThePublicationsZone, generic.IndexView):
    def get_base_queryset(self) -> Any:
        return super().get_base_queryset().complimentary().select_related("person", "given_by")


class EditEntitlement(OnceForAReader, generic.EditView):
    def get_queryset(self) -> Any:
        return Entitlement.objects.complimentary()


class DeleteEntitlement(InThePublicationsZone, generic.DeleteView):
    def get_queryset(self) -> Any:
        return Entitlement.objects.complimentary()


class EndColumn(DateColumn):
    cell_template_name = "desk/readers/end_cell.html"


class EntitlementViewSet(ModelViewSet):
    model = Entitlement
    name = "complimentary"
    icon = "pick"
    menu_label = gettext_lazy("Complimentary")
    add_view_class = GiveView
    index_view_class = EntitlementIndex
    edit_view_class = EditEntitlement
    delete_view_class = DeleteEntitlement
    copy_view_enabled = False
    search_fields: Any = ["person__email", "person__first_name", "person__last_name", "reason"]
    list_display: Any = [
        TitleColumn(
            "person",
            label=gettext_lazy("Reader"),
            accessor="person.readable_email",
            url_name="complimentary:edit",
        ),
        Column("reason", label=gettext_lazy("Reason")),
        DateColumn("starts_at", label=gettext_lazy("Begins"), sort_key="starts_at"),
        EndColumn("ends_at", label=gettext_lazy("Ends"), sort_key="ends_at"),
        Column("given_by", label=gettext_lazy("Given by")),
    ]

    def get_form_class(self, for_update: bool = False) -> type[EntitlementForm]:
        return EntitlementForm
