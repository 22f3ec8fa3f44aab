"""Moving a subscription to another mailbox, or an account into another, with 72 hours to object."""

from typing import Any

from django import forms
from django.db.models import Model
from django.shortcuts import get_object_or_404
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.permissions import policy_registry

from broadsheet.contact.models import Conversation, Move
from broadsheet.delivery.address_fields import EmailField
from broadsheet.desk.acts import Act, ReasonForm
from broadsheet.desk.contact.acts import ConversationAct
from broadsheet.membership.models import Subscription
from broadsheet.people.models import Person

ACCOUNT = "account"


class MoveForm(ReasonForm):
    what = forms.ChoiceField(label=gettext_lazy("What"), widget=forms.RadioSelect)
    to_email = EmailField(
        label=gettext_lazy("To the mailbox"),
        help_text=gettext_lazy("A subscription can go to a new address; an account only into another one."),
    )
    field_order = ("what", "to_email", "why")

    def __init__(self, *args: Any, person: Person, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rows = Subscription.objects.filter(person=person).select_related("price__plan")
        self.subscriptions = {str(row.pk): row for row in rows}
        choices = [
            (key, f"{row.number}, {row.plan}: {row.get_state_display()}")
            for key, row in self.subscriptions.items()
        ]
        choices.append((ACCOUNT, _("Everything in the account, which then ends")))
        self.fields["what"].choices = choices  # type: ignore[attr-defined]
        self.fields["what"].initial = choices[0][0]


class Moving(Act):
    """Both ways to ask for a move: beside a question, and in a reader's record."""

    page_title = gettext_lazy("Move to another mailbox")
    header_icon = "redirect"
    form_class: type[forms.Form] = MoveForm
    button = gettext_lazy("Ask for the move")
    done = gettext_lazy("The old mailbox is told.")

    @property
    def permission_policy(self) -> Any:
        return policy_registry.get_by_type(Subscription)

    def person(self) -> Person:
        raise NotImplementedError

    def conversation(self) -> Conversation | None:
        return None

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"person": self.person()}

    def get_explanation(self) -> str:
        words = _(
            "%s is told by e-mail and can object for 72 hours. After that it moves by itself, and both"
            " mailboxes are told. Days and payment stay as they are."
        )
        return words % self.person().readable_email

    def act(self, typed: dict[str, Any]) -> str:
        form = self.get_form()
        subscription = form.subscriptions.get(typed["what"])
        move = Move.objects.ask(
            self.person(),
            typed["to_email"],
            self.staff,
            typed["why"],
            subscription=subscription,
            conversation=self.conversation(),
        )
        day = date_format(localtime(move.due_at), "DATETIME_FORMAT")
        return _("%(what)s moves on %(day)s") % {"what": move.what, "day": day}


class MoveInConversation(Moving):
    model: type[Model] = Conversation
    record_name = "conversations:record"
    action = "conversation.move"

    def person(self) -> Person:
        found: Person = get_object_or_404(Person.objects.readers(), pk=self.kwargs["person"])
        return found

    def conversation(self) -> Conversation:
        return self.object

    def get_initial(self) -> dict[str, Any]:
        is_theirs = self.object.email == self.person().email
        return {"to_email": "" if is_theirs else self.object.email}

    def name_of_object(self) -> str:
        return f"{self.object.number}, {self.object.correspondent}"


class MoveOfReader(Moving):
    model: type[Model] = Person
    record_name = "readers:record"
    action = "person.move"

    def rows(self) -> Any:
        return Person.objects.readers()

    def person(self) -> Person:
        return self.object


class StopMove(ConversationAct):
    page_title = gettext_lazy("Stop the move")
    header_icon = "cross"
    action = "conversation.stop_move"
    form_class: type[forms.Form] = ReasonForm
    is_destructive = True
    explanation = gettext_lazy("Nothing is moved, and the old mailbox is told so.")
    done = gettext_lazy("The move is stopped.")

    @property
    def permission_policy(self) -> Any:
        return policy_registry.get_by_type(Subscription)

    def act(self, typed: dict[str, Any]) -> str:
        move = get_object_or_404(Move, pk=self.kwargs["move"], conversation=self.object)
        move.stop()
        return ""
