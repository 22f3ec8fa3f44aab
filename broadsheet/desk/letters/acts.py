"""What the desk does with a letter, each with a note in the log."""

from typing import Any

from django import forms
from django.db.models import Model
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from broadsheet.desk.acts import Act
from broadsheet.desk.assigning import AssignAct, AssignForm, NoteForm
from broadsheet.editorial.models import LetterToEditor
from broadsheet.platform.strangers_form import MessageField


class LetterAct(Act):
    model: type[Model] = LetterToEditor
    record_name = "letters:record"
    form_class: type[forms.Form] = NoteForm

    def rows(self) -> Any:
        return LetterToEditor.objects.at_the_desk().select_related("article")


class AssignLetterForm(AssignForm):
    permission = "change_lettertoeditor"


class Assign(AssignAct, LetterAct):
    action = "letter.assign"
    form_class: type[forms.Form] = AssignLetterForm


class Choose(LetterAct):
    page_title = gettext_lazy("Choose")
    header_icon = "check"
    action = "letter.choose"
    explanation = gettext_lazy("The writer is told that we would like to publish the letter.")
    done = gettext_lazy("The letter is chosen.")

    def act(self, typed: dict[str, Any]) -> str:
        self.object.choose()
        return ""


class DropEdits(LetterAct):
    page_title = gettext_lazy("Drop our edits")
    header_icon = "undo"
    action = "letter.drop_edits"
    explanation = gettext_lazy("The text is again the one that the writer agreed to.")
    done = gettext_lazy("Our edits are dropped.")

    def act(self, typed: dict[str, Any]) -> str:
        self.object.edit(self.object.agreed, seen=self.object.draft)
        return ""


class ProofForm(forms.Form):
    note = MessageField(
        label=gettext_lazy("A note to the writer"),
        max_length=1_000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4, "dir": "auto"}),
        help_text=gettext_lazy(
            "Why we changed what we changed. It stands in the message and above the text."
        ),
    )


class SendProof(LetterAct):
    page_title = gettext_lazy("Send to the writer")
    header_icon = "mail"
    action = "letter.send"
    form_class: type[forms.Form] = ProofForm
    explanation = gettext_lazy(
        "They get a link to the text with each change shown, and agree, ask for another change, or withdraw."
    )
    done = gettext_lazy("The text is on its way to the writer.")

    def act(self, typed: dict[str, Any]) -> str:
        self.object.send_proof(typed["note"], self.staff)
        return ""


class Publish(LetterAct):
    page_title = gettext_lazy("Publish")
    header_icon = "check"
    action = "letter.publish"
    done = gettext_lazy("The letter is published.")

    def get_explanation(self) -> str:
        return (
            _("It stands under its article at once, signed: %s. The writer is told.") % self.object.signature
        )

    def act(self, typed: dict[str, Any]) -> str:
        self.object.publish()
        return ""


class TakeDown(LetterAct):
    page_title = gettext_lazy("Take down")
    header_icon = "no-view"
    action = "letter.take_down"
    is_destructive = True
    explanation = gettext_lazy("It leaves our pages and feeds at once. It can be published again.")
    done = gettext_lazy("The letter is taken down.")

    def act(self, typed: dict[str, Any]) -> str:
        self.object.take_down()
        return ""


class ReplyForm(forms.Form):
    reply = MessageField(
        label=gettext_lazy("The editor’s reply"),
        max_length=2_000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 6, "dir": "auto"}),
        help_text=gettext_lazy("It is printed beneath the letter. Empty: there is none."),
    )


class Reply(LetterAct):
    page_title = gettext_lazy("Reply beneath it")
    header_icon = "comment"
    action = "letter.reply"
    form_class: type[forms.Form] = ReplyForm
    done = gettext_lazy("The reply is kept.")

    def get_initial(self) -> dict[str, Any]:
        return {"reply": self.object.reply}

    def act(self, typed: dict[str, Any]) -> str:
        self.object.answer(typed["reply"])
        return ""


class DeclineForm(NoteForm):
    tells = forms.BooleanField(
        label=gettext_lazy("Tell the writer"),
        required=False,
        initial=True,
        help_text=gettext_lazy("In a kind sentence: that we read it, and found no room for it."),
    )
    field_order = ("tells", "why")


class Decline(LetterAct):
    page_title = gettext_lazy("Decline")
    header_icon = "cross"
    action = "letter.decline"
    is_destructive = True
    form_class: type[forms.Form] = DeclineForm
    explanation = gettext_lazy("The letter is not used, and is deleted after half a year.")
    done = gettext_lazy("The letter is declined.")

    def act(self, typed: dict[str, Any]) -> str:
        self.object.decline(tells=typed["tells"])
        return _("The writer is told") if typed["tells"] else _("The writer is not told")


class Reconsider(LetterAct):
    page_title = gettext_lazy("Consider it again")
    header_icon = "undo"
    action = "letter.reconsider"
    done = gettext_lazy("The letter is among the new ones again.")

    def act(self, typed: dict[str, Any]) -> str:
        self.object.reconsider()
        return ""
