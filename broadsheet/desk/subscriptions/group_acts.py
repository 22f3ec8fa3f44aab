"""What staff can do to a group. Pausing, cancelling and ending are done to its subscription."""

from typing import Any, ClassVar

from django import forms
from django.db.models import Model
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from broadsheet.delivery.address_fields import EmailField
from broadsheet.delivery.addresses import readable
from broadsheet.desk.acts import Act, MoneyField, ReasonForm, typed_amount
from broadsheet.membership.addresses import domain_in
from broadsheet.membership.models import Group, Institution, Seat
from broadsheet.membership.models.group.group import FEWEST, MOST


class GroupAct(Act):
    model: type[Model] = Group
    record_name = "groups:record"
    header_icon = "group"
    name: ClassVar[str]
    """In its address."""

    def rows(self) -> Any:
        return Group.objects.select_related("subscription__person", "subscription__price__plan")

    def name_of_object(self) -> str:
        return f"{self.object.name}, {self.object.number}"


class SeatsForm(ReasonForm):
    field_order = ("seats", "amount", "why")

    def __init__(self, *args: Any, group: Group, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["seats"] = forms.IntegerField(
            label=_("Seats"), min_value=max(FEWEST, group.taken), max_value=MOST, initial=group.seats
        )
        initial = typed_amount(group.subscription.money) if group.seat_amount is None else ""
        self.fields["amount"] = MoneyField(
            group.subscription.currency,
            label=_("Price of a term, for the whole group"),
            required=False,
            initial=initial,
            help_text=_("In %s, from the next term on. Empty: each seat costs what it does.")
            % group.subscription.currency,
        )
        self.order_fields(self.field_order)


class ChangeSeats(GroupAct):
    name = "seats"
    page_title = gettext_lazy("Change the seats")
    action = "group.seats"
    form_class = SeatsForm
    done = gettext_lazy("The number of seats is changed.")
    explanation = gettext_lazy(
        "They can be given at once, and nothing is charged for the term that runs: to charge for it, let the"
        " owner have more seats on the group’s page."
    )

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"group": self.object}

    def act(self, typed: dict[str, Any]) -> str:
        self.object.agree(typed["seats"], typed["amount"].minor if typed["amount"] else None, self.by(typed))
        return _("%d seats") % typed["seats"]


class InviteForm(ReasonForm):
    email = EmailField(label=gettext_lazy("E-mail address"))
    field_order = ("email", "why")


class Invite(GroupAct):
    name = "invite"
    page_title = gettext_lazy("Invite")
    action = "group.invite"
    form_class = InviteForm
    explanation = gettext_lazy("A letter with a link goes out. Whoever takes it has a seat.")
    done = gettext_lazy("The invitation is on its way.")

    def act(self, typed: dict[str, Any]) -> str:
        self.object.invite(typed["email"])
        return ""


class DomainForm(ReasonForm):
    domain = forms.CharField(label=gettext_lazy("Mailbox domain"), max_length=253)
    field_order = ("domain", "why")

    def clean_domain(self) -> str:
        return domain_in(self.cleaned_data["domain"])


class AddDomain(GroupAct):
    name = "domain"
    page_title = gettext_lazy("Add a domain")
    action = "group.domain"
    form_class = DomainForm
    explanation = gettext_lazy(
        "Whoever signs in with a mailbox there gets a seat while there are some. Make sure that the domain is"
        " the group’s own."
    )
    done = gettext_lazy("The domain is added.")

    def act(self, typed: dict[str, Any]) -> str:
        self.object.add_domain(typed["domain"])
        return str(typed["domain"])


class RoomsForm(ReasonForm):
    institution = forms.ModelChoiceField(
        label=gettext_lazy("Institution"),
        queryset=Institution.objects.all(),
        required=False,
        empty_label=gettext_lazy("None"),
        help_text=gettext_lazy("Its networks are entered under Institutions."),
    )
    field_order = ("institution", "why")


class ReadingRooms(GroupAct):
    name = "rooms"
    page_title = gettext_lazy("Reading rooms")
    action = "group.rooms"
    form_class = RoomsForm
    explanation = gettext_lazy(
        "Everybody reads without signing in on the networks of this institution, for as long as the group"
        " lasts: its contract ends with the group."
    )
    done = gettext_lazy("The reading rooms are set.")

    def get_initial(self) -> dict[str, Any]:
        return {"institution": self.object.institution_id}

    def act(self, typed: dict[str, Any]) -> str:
        self.object.hold(typed["institution"])
        return str(typed["institution"] or _("none"))


class OwnerForm(ReasonForm):
    seat = forms.ModelChoiceField(
        label=gettext_lazy("New owner"),
        queryset=Seat.objects.none(),
        help_text=gettext_lazy("Somebody who has taken a seat. Both are told by e-mail."),
    )
    field_order = ("seat", "why")

    def __init__(self, *args: Any, group: Group, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["seat"]
        field.queryset = group.seat_rows.taken().select_related("person").order_by("email")  # type: ignore[attr-defined]
        field.label_from_instance = lambda seat: seat.person.readable_email


class HandOn(GroupAct):
    name = "owner"
    page_title = gettext_lazy("Hand on")
    action = "group.hand_on"
    form_class = OwnerForm
    done = gettext_lazy("The group has another owner.")

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"group": self.object}

    def act(self, typed: dict[str, Any]) -> str:
        self.object.hand_on(typed["seat"].person, self.by(typed))
        return ""


class TakeBack(Act):
    """Of one seat, whose key the address has."""

    model: type[Model] = Seat
    record_name = "groups:record"
    header_icon = "group"
    page_title = gettext_lazy("Take back a seat")
    action = "group.take_back"
    is_destructive = True
    explanation = gettext_lazy("Whoever has the seat reads by it no more, and is told by e-mail.")
    done = gettext_lazy("The seat is free again.")

    def rows(self) -> Any:
        return Seat.objects.open().select_related("group__subscription", "person")

    def name_of_object(self) -> str:
        return readable(self.object.email)

    def get_success_url(self) -> str:
        return reverse(self.record_name, args=[self.object.group_id])

    def act(self, typed: dict[str, Any]) -> str:
        self.object.group.take_back(self.object)
        return ""


ACTS: tuple[type[GroupAct], ...] = (Invite, ChangeSeats, AddDomain, ReadingRooms, HandOn)
