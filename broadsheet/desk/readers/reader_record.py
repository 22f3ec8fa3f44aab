"""A reader's record for the subscriptions manager: rights, opened articles, and why they met the wall."""

from typing import Any

from django.db.models import Q, QuerySet
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _
from wagtail.admin.views import generic
from wagtail.admin.widgets.button import Button
from wagtail.permissions import policy_registry

from broadsheet.billing.models import Invoice
from broadsheet.contact.models import Conversation, Move
from broadsheet.contact.models import State as ConversationState
from broadsheet.desk.contact.access import may_move, may_see_questions
from broadsheet.desk.mail.access import may_see_addresses
from broadsheet.desk.newsletters.access import may_see_sign_ups
from broadsheet.membership.models import Entitlement, Gift, Subscription
from broadsheet.newsletters.models import EReader, Labelling, Mailbox
from broadsheet.paywall.standing import current_meter_rules, standing_of, standings_elsewhere
from broadsheet.people.models import Person
from broadsheet.weekly.models import ReaderNumber

LATEST = 50
"""Conversations that are listed, at most."""


class ReaderRecord(generic.InspectView):
    model = Person
    template_name = "desk/readers/reader_record.html"
    page_title = _("Reader")
    header_icon = "group"
    any_permission_required = None
    permission_required = "change"
    index_url_name = "readers:index"

    @cached_property
    def permission_policy(self) -> Any:
        return policy_registry.get_by_type(Entitlement)

    def get_object(self, queryset: Any = None) -> Person:
        return get_object_or_404(Person.objects.readers(), pk=self.pk)

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        return [
            *self.breadcrumbs_items,
            {"url": reverse(self.index_url_name), "label": _("Readers")},
            {"url": "", "label": self.object.readable_email, "sublabel": self.object.get_full_name()},
        ]

    @cached_property
    def header_more_buttons(self) -> list[Button]:
        buttons = [Button(_("Give a subscription"), url=self.giving_address, icon_name="pick")]
        if may_see_addresses(self.request.user):
            ledger = self._ledger_of(self.object.email)
            buttons.append(Button(_("What was sent to them"), url=ledger, icon_name="mail"))
        if may_move(self.request.user):
            moving = reverse("readers:move", args=[self.object.pk])
            buttons.append(Button(_("Move to another mailbox"), url=moving, icon_name="redirect"))
        mailbox = Mailbox.objects.filter(person=self.object).first()
        if mailbox and may_see_sign_ups(self.request.user):
            newsletters = reverse("sign_ups:mailbox", args=[mailbox.pk])
            buttons.append(Button(_("Newsletters"), url=newsletters, icon_name="list-ul"))
        return buttons

    def _ledger_of(self, address: str) -> str:
        return f"{reverse('ledger:index')}?{urlencode({'q': address})}"

    @property
    def giving_address(self) -> str:
        return f"{reverse('complimentary:add')}?{urlencode({'email': self.object.email})}"

    def _conversations(self) -> list[Conversation]:
        if not may_see_questions(self.request.user):
            return []
        theirs = Conversation.objects.of(self.object).exclude(state=ConversationState.MERGED)
        return list(theirs.order_by("-last_at", "-pk")[:LATEST])

    def _labellings(self) -> QuerySet[Labelling]:
        # A mailbox is theirs once they have signed in; until then it has their address.
        theirs = Q(mailbox__person=self.object) | Q(mailbox__address=self.object.email)
        return Labelling.objects.filter(theirs).select_related("label")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)
        entitlements = Entitlement.objects.filter(person=self.object)
        subscriptions = Subscription.objects.filter(person=self.object)
        gifts = Gift.objects.filter(Q(buyer=self.object) | Q(redeemed_by=self.object))
        e_reader = EReader.objects.filter(mailbox__person=self.object).exclude(address="").first()
        may_see = may_see_addresses(self.request.user)
        return context | {
            "reader": self.object,
            "e_reader": e_reader,
            "e_reader_ledger": self._ledger_of(e_reader.address) if e_reader and may_see else "",
            "reader_number": ReaderNumber.objects.filter(person=self.object).first(),
            "subscriptions": subscriptions.select_related("price__plan"),
            "invoices": Invoice.objects.filter(person=self.object),
            "gifts": gifts.select_related("price__plan"),
            "entitlements": entitlements.complimentary().select_related("given_by"),
            "is_subscriber": entitlements.live().exists(),
            "standing": standing_of(self.object, current_meter_rules(reader=self.object)),
            "elsewhere": standings_elsewhere(self.object),
            "giving_address": self.giving_address,
            "conversations": self._conversations(),
            "labellings": self._labellings(),
            "moves": Move.objects.filter(person=self.object).open(),
        }
