"""Labels that staff give to readers, who find theirs in the export of their data."""

from typing import Any, cast

from django import forms
from django.core.exceptions import PermissionDenied
from django.db.models import Count, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import path, reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.generic import FormView
from wagtail.admin import messages
from wagtail.admin.panels import FieldPanel, ObjectList
from wagtail.admin.ui.tables import Column
from wagtail.admin.views import generic
from wagtail.admin.views.generic import WagtailAdminTemplateMixin
from wagtail.admin.viewsets.model import ModelViewSet
from wagtail.admin.widgets.button import Button

from broadsheet.delivery.addresses import canonical
from broadsheet.newsletters.models import Label, Labelling, Mailbox
from broadsheet.people.models import Person

MOST = 5_000


class AddressesForm(forms.Form):
    addresses = forms.CharField(
        label=gettext_lazy("Addresses"),
        max_length=400_000,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text=gettext_lazy("One on a line. Only somebody who has signed up can have a label."),
    )

    def clean_addresses(self) -> list[str]:
        lines = {canonical(line) for line in self.cleaned_data["addresses"].splitlines() if line.strip()}
        if len(lines) > MOST:
            raise forms.ValidationError(_("Enter at most %d addresses at once.") % MOST)
        return sorted(lines)


class LabelledView(WagtailAdminTemplateMixin, FormView[AddressesForm]):
    """Who has a label: give it to more, or take it away."""

    template_name = "desk/newsletters/labelled.html"
    header_icon = "tag"
    form_class = AddressesForm

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        if not request.user.has_perm("newsletters.change_label"):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    @cached_property
    def label(self) -> Label:
        return get_object_or_404(Label, pk=self.kwargs["pk"])

    def get_page_title(self) -> str:
        return self.label.name

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        return [
            *self.breadcrumbs_items,
            {"url": reverse("labels:index"), "label": _("Labels")},
            {"url": "", "label": self.label.name},
        ]

    def form_valid(self, form: AddressesForm) -> HttpResponse:
        asked = form.cleaned_data["addresses"]
        found = Mailbox.objects.filter(address__in=asked, erased_at=None)
        if "take" in self.request.POST:
            taken, _rows = Labelling.objects.filter(label=self.label, mailbox__in=found).delete()
            said = ngettext("Taken from %d reader.", "Taken from %d readers.", taken) % taken
            messages.success(self.request, said)
            return redirect(self.request.path)
        mailboxes = list(found)
        by = cast(Person, self.request.user)
        Labelling.objects.bulk_create(
            (Labelling(label=self.label, mailbox=mailbox, by=by) for mailbox in mailboxes),
            ignore_conflicts=True,
        )
        said = ngettext("%d reader has it.", "%d readers have it.", len(mailboxes)) % len(mailboxes)
        messages.success(self.request, said)
        if unknown := len(asked) - len(mailboxes):
            said = ngettext("%d address is no reader’s.", "%d addresses are no reader’s.", unknown)
            messages.warning(self.request, said % unknown)
        return redirect(self.request.path)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        labellings = self.label.labellings.select_related("mailbox", "by").order_by("-at", "-pk")
        context: dict[str, Any] = super().get_context_data(**kwargs)
        return context | {
            "label": self.label,
            "labellings": labellings[:50],
            "count": labellings.count(),
        }


class LabelIndex(generic.IndexView):
    def get_base_queryset(self) -> QuerySet[Label]:
        return Label.objects.annotate(readers=Count("labellings"))

    def get_list_buttons(self, instance: Label) -> list[Button]:
        address = reverse("labels:labelled", args=[instance.pk])
        return [Button(_("Readers"), url=address, classname="button button-small button-secondary")]


class LabelViewSet(ModelViewSet):
    model = Label
    name = "labels"
    icon = "tag"
    menu_label = gettext_lazy("Labels")
    copy_view_enabled = False
    index_view_class = LabelIndex
    list_display: Any = ["name", Column("readers", label=gettext_lazy("Readers"))]
    edit_handler = ObjectList([FieldPanel("name")])

    def get_urlpatterns(self) -> list[Any]:
        readers = path("readers/<int:pk>/", LabelledView.as_view(), name="labelled")
        return [*super().get_urlpatterns(), readers]
