"""What staff do to a conversation, each with a reason or a note in the log."""

from typing import Any

from django import forms
from django.core.exceptions import PermissionDenied
from django.db.models import Model
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from broadsheet.contact.models import Conversation
from broadsheet.contact.models.conversation import NUMBER
from broadsheet.desk.acts import Act, ReasonForm
from broadsheet.desk.assigning import AssignAct, AssignForm, NoteForm
from broadsheet.desk.contact.access import may_see_accounts
from broadsheet.people.models import Person


class ConversationAct(Act):
    model: type[Model] = Conversation
    record_name = "conversations:record"
    form_class: type[forms.Form] = NoteForm

    def name_of_object(self) -> str:
        return f"{self.object.number}, {self.object.correspondent}"


class AssignConversationForm(AssignForm):
    permission = "change_conversation"


class Assign(AssignAct, ConversationAct):
    action = "conversation.assign"
    form_class: type[forms.Form] = AssignConversationForm


class Close(ConversationAct):
    page_title = gettext_lazy("Close")
    header_icon = "check"
    action = "conversation.close"
    explanation = gettext_lazy("There is nothing more to answer. The next message from them opens it again.")
    done = gettext_lazy("The conversation is closed.")

    def act(self, typed: dict[str, Any]) -> str:
        self.object.close()
        return ""


class Reopen(ConversationAct):
    page_title = gettext_lazy("Open again")
    header_icon = "undo"
    action = "conversation.reopen"
    explanation = gettext_lazy("They wait for an answer from now on.")
    done = gettext_lazy("The conversation is open again.")

    def act(self, typed: dict[str, Any]) -> str:
        self.object.reopen()
        return ""


class MarkAsSpam(ConversationAct):
    page_title = gettext_lazy("Mark as spam")
    header_icon = "no-view"
    action = "conversation.spam"
    is_destructive = True
    explanation = gettext_lazy("It leaves the list, and is deleted after 30 days unless it is opened again.")
    done = gettext_lazy("It is marked as spam.")

    def act(self, typed: dict[str, Any]) -> str:
        self.object.mark_as_spam()
        return ""


class MergeForm(ReasonForm):
    number = forms.CharField(
        label=gettext_lazy("Into the conversation with the number"),
        max_length=20,
        help_text=gettext_lazy("As in C-000012."),
    )
    field_order = ("number", "why")

    def clean_number(self) -> Conversation:
        found = NUMBER.fullmatch(self.cleaned_data["number"].strip())
        other = Conversation.objects.filter(pk=int(found[1])).first() if found else None
        if other is None:
            raise forms.ValidationError(_("There is no conversation with this number."))
        return other


class Merge(ConversationAct):
    page_title = gettext_lazy("Merge")
    header_icon = "collapse-down"
    action = "conversation.merge"
    form_class: type[forms.Form] = MergeForm
    explanation = gettext_lazy(
        "All messages go into the other conversation, and answers go to the address of that one."
    )
    done = gettext_lazy("The two are one conversation now.")

    def act(self, typed: dict[str, Any]) -> str:
        self.object.merge_into(typed["number"])
        return str(typed["number"].number)

    def get_success_url(self) -> str:
        return reverse(self.record_name, args=[self.object.merged_into_id or self.object.pk])


class Delete(ConversationAct):
    page_title = gettext_lazy("Delete")
    header_icon = "bin"
    permission_required = "delete"
    action = "conversation.delete"
    is_destructive = True
    form_class: type[forms.Form] = ReasonForm
    explanation = gettext_lazy(
        "All of its messages and files go for good, such as when somebody without an account asks for it."
    )
    done = gettext_lazy("The conversation is deleted.")

    is_deleted = False

    def act(self, typed: dict[str, Any]) -> str:
        # Its row goes when the log has named it.
        self.is_deleted = True
        return ""

    def form_valid(self, form: forms.Form) -> HttpResponse:
        response = super().form_valid(form)
        if self.is_deleted:
            Conversation.objects.filter(pk=self.object.pk).delete()
        return response

    def get_success_url(self) -> str:
        return reverse("conversations:index") if self.is_deleted else super().get_success_url()


class Recognise(ConversationAct):
    page_title = gettext_lazy("This is their account")
    header_icon = "user"
    action = "conversation.recognise"
    done = gettext_lazy("It stands in the reader’s record.")

    def dispatch(self, request: Any, *args: Any, **kwargs: Any) -> Any:
        if not may_see_accounts(request.user):
            raise PermissionDenied
        self.person = get_object_or_404(Person.objects.readers(), pk=kwargs["person"])
        return super().dispatch(request, *args, **kwargs)

    def get_explanation(self) -> str:
        return _("The conversation is shown in the record of %s.") % self.person.readable_email

    def act(self, typed: dict[str, Any]) -> str:
        self.object.recognise(self.person)
        return ""
