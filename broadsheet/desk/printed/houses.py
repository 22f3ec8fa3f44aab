"""Fulfilment houses, and the shape of the files that they send."""

from typing import Any, ClassVar

from django.db.models import ProtectedError
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin import messages
from wagtail.admin.panels import FieldPanel, FieldRowPanel, MultiFieldPanel, ObjectList
from wagtail.admin.ui.tables import Column, TitleColumn
from wagtail.admin.views import generic
from wagtail.admin.viewsets.model import ModelViewSet

from broadsheet.membership.models import FulfilmentHouse


class DeleteHouse(generic.DeleteView):
    """One that has subscribers stays."""

    def form_valid(self, form: Any) -> HttpResponse:
        try:
            answer: HttpResponse = super().form_valid(form)
        except ProtectedError:
            messages.error(self.request, _("This house has subscribers. It can’t be deleted."))
            return redirect("houses:edit", self.object.pk)
        return answer


class HouseViewSet(ModelViewSet):
    model = FulfilmentHouse
    name = "houses"
    icon = "home"
    menu_label = gettext_lazy("Mailing houses")
    delete_view_class = DeleteHouse
    copy_view_enabled = False
    inspect_view_enabled = False
    list_display: ClassVar[list[Any]] = [
        TitleColumn("name", label=gettext_lazy("Name"), url_name="houses:edit", sort_key="name"),
        Column("edition", label=gettext_lazy("Edition"), accessor="get_edition_display"),
        Column("encoding", label=gettext_lazy("Encoding"), accessor="get_encoding_display"),
    ]
    edit_handler = ObjectList(
        [
            FieldRowPanel([FieldPanel("name"), FieldPanel("edition")]),
            MultiFieldPanel(
                [
                    FieldRowPanel([FieldPanel("encoding"), FieldPanel("delimiter")]),
                    FieldRowPanel([FieldPanel("number_column"), FieldPanel("postcode_column")]),
                    FieldRowPanel([FieldPanel("email_column"), FieldPanel("name_column")]),
                    FieldPanel("until_column"),
                ],
                heading=gettext_lazy("Its files"),
                help_text=gettext_lazy("What is left empty is found in each file by usual names."),
            ),
        ]
    )
