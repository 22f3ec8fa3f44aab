"""An action of the staff on one row: a page that says what will happen, a field for the reason, a button."""

import secrets
from typing import Any, ClassVar, cast

from django import forms
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Model
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from django.views.generic import FormView
from wagtail.admin import messages
from wagtail.admin.views.generic import WagtailAdminTemplateMixin
from wagtail.admin.views.generic.permissions import PermissionCheckedMixin
from wagtail.log_actions import log

from broadsheet.desk.audit import name_in_log
from broadsheet.membership.errors import Refused
from broadsheet.membership.models import Actor
from broadsheet.people.models import Person
from broadsheet.platform.money import Money, from_typed

ONCE = "once"
"""The hidden field that tells a form sent twice from two forms."""
KEPT_FOR = 24 * 60 * 60


class ReasonForm(forms.Form):
    why = forms.CharField(
        label=_("Reason"),
        max_length=200,
        help_text=_("It is kept in the history. The reader finds it in the export of their data."),
    )


class MoneyField(forms.CharField):
    """An amount in units of the currency, as people type it; cleaned it is in minor units."""

    def __init__(self, currency: str, **options: Any) -> None:
        self.currency = currency
        help_text = options.pop("help_text", "") or _("In %s, as in 12.50.") % currency
        super().__init__(help_text=help_text, max_length=20, **options)

    def clean(self, value: Any) -> Any:
        typed = super().clean(value)
        return from_typed(typed, self.currency) if typed else None


class Act(PermissionCheckedMixin, WagtailAdminTemplateMixin, FormView[Any]):
    """`act` does the work and returns a short account of it. A refusal is shown above the form, which keeps
    what was typed."""

    template_name = "desk/act.html"
    permission_required = "change"
    form_class: type[forms.Form] = ReasonForm
    model: type[Model]
    record_name: str
    """The URL name of the record to return to."""
    action: str
    """Its name in the log."""
    explanation: Any = ""
    button: Any = ""
    is_destructive: ClassVar[bool] = False
    done: Any = ""

    def setup(self, request: Any, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        self.object = get_object_or_404(self.rows(), pk=kwargs["pk"])

    def rows(self) -> Any:
        return self.model._default_manager.all()

    @property
    def staff(self) -> Person:
        return cast(Person, self.request.user)

    def by(self, typed: dict[str, Any]) -> Actor:
        return Actor.staff(self.staff, typed["why"])

    def act(self, typed: dict[str, Any]) -> str:
        raise NotImplementedError

    def form_valid(self, form: forms.Form) -> HttpResponse:
        token = f"desk-act-{self.request.POST.get(ONCE) or secrets.token_urlsafe()}"
        if not cache.add(token, True, KEPT_FOR):
            # A second click on the button, or a page sent again: the action is done already, or under way.
            return redirect(self.get_success_url())
        is_done = False
        try:
            with transaction.atomic():
                what = self.act(form.cleaned_data)
                data = {"why": form.cleaned_data.get("why", ""), "what": str(what)}
                log(
                    self.object,
                    self.action,
                    user=self.request.user,
                    data=data,
                    title=name_in_log(self.object),
                )
        except Refused as refused:
            form.add_error(None, refused.reason)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            is_done = True
            messages.success(self.request, self._said(str(what)))
            return redirect(self.get_success_url())
        finally:
            if not is_done:
                cache.delete(token)
        return self.form_invalid(form)

    def _said(self, what: str) -> str:
        """“The subscription is paused. Until March 3, 2027.”"""
        return f"{self.done} {capfirst(what).rstrip('.')}." if what else str(self.done)

    def get_success_url(self) -> str:
        return reverse(self.record_name, args=[self.object.pk])

    def get_page_subtitle(self) -> str:
        return self.name_of_object()

    def name_of_object(self) -> str:
        return str(self.object)

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        # The way to here is folded up until it is pointed at: what this is done to must be seen before.
        return [
            *self.breadcrumbs_items,
            {"url": self.get_success_url(), "label": self.name_of_object()},
            {"url": "", "label": self.page_title, "sublabel": self.name_of_object()},
        ]

    def get_explanation(self) -> Any:
        return self.explanation

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)
        return context | {
            "media": context["form"].media,
            "once": ONCE,
            "token": secrets.token_urlsafe(),
            "explanation": self.get_explanation(),
            "button": self.button or self.page_title,
            "is_destructive": self.is_destructive,
            "back": self.get_success_url(),
        }


def typed_amount(money: Money) -> str:
    """The initial value of a field for an amount: “40.00”."""
    return str(money.decimal)
