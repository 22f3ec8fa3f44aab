"""One conversation: what was written, whose account it may be, and the answer."""

from typing import Any, cast

from django import forms
from django.core.exceptions import PermissionDenied
from django.db.models import Prefetch, QuerySet
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import FormView
from wagtail.admin import messages
from wagtail.log_actions import log

from broadsheet.contact.models import Attachment, Conversation, Message, Overtaken, SavedReply, State
from broadsheet.contact.models.answering import NotSent
from broadsheet.delivery.models import Recipient
from broadsheet.desk.audit import entries_about, name_in_log
from broadsheet.desk.contact.access import may_answer, may_move, may_see_accounts
from broadsheet.desk.contact.candidates import accounts_of, papers_of
from broadsheet.desk.mail.access import PostPage, name_of
from broadsheet.desk.mail.columns import tone
from broadsheet.editorial.lookup import find_article
from broadsheet.editorial.models import Publication
from broadsheet.membership.errors import Refused
from broadsheet.people.models import Person
from broadsheet.platform.strangers_form import MessageField

LONGEST_ANSWER = 20_000


class AnswerForm(forms.Form):
    text = MessageField(
        label=gettext_lazy("Your answer, or a note among our staff"),
        max_length=LONGEST_ANSWER,
        widget=forms.Textarea(attrs={"rows": 8}),
    )
    reply = forms.ModelChoiceField(
        SavedReply.objects.all(),
        label=gettext_lazy("Saved reply"),
        required=False,
        empty_label=gettext_lazy("Choose one"),
    )
    seen = forms.IntegerField(widget=forms.HiddenInput, required=False, min_value=0)


class ConversationRecord(PostPage, FormView[AnswerForm]):
    """`act` in the form says what is done with the text: answer, answer and close, keep as a note."""

    needs = "contact.view_conversation"
    template_name = "desk/contact/conversation.html"
    header_icon = "comment"
    form_class = AnswerForm

    @cached_property
    def conversation(self) -> Conversation:
        rows = Conversation.objects.select_related("assignee", "person", "merged_into")
        return get_object_or_404(rows, pk=self.kwargs["pk"])

    @property
    def staff(self) -> Person:
        return cast(Person, self.request.user)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not may_answer(request.user):
            raise PermissionDenied
        if request.POST.get("act") == "insert":
            return self._with_reply()
        return super().post(request, *args, **kwargs)

    def _with_reply(self) -> HttpResponse:
        """The form once more, with a saved reply beneath what was typed. Nothing is sent."""
        data = self.request.POST.copy()
        chosen = SavedReply.objects.filter(pk=_number(data.get("reply"))).first()
        if chosen:
            typed = data.get("text", "").replace("\r\n", "\n").rstrip()
            data["text"] = f"{typed}\n\n{self._filled_in(chosen)}".strip()
        return self.render_to_response(self.get_context_data(form=self._again(data)))

    def _again(self, data: QueryDict) -> AnswerForm:
        return AnswerForm(initial={"text": data.get("text", ""), "seen": data.get("seen", "")})

    def _filled_in(self, reply: SavedReply) -> str:
        conversation = self.conversation
        return reply.filled_in(
            {
                "name": conversation.name or _("reader"),
                "email": conversation.readable_email,
                "number": conversation.number,
                "staff": name_of(self.staff),
                "publication": Publication.load().name,
            }
        )

    def form_valid(self, form: AnswerForm) -> HttpResponse:
        text, act = form.cleaned_data["text"], self.request.POST.get("act")
        if act == "note":
            self.conversation.note(text, self.staff)
            messages.success(self.request, _("The note is kept."))
            return redirect(self.request.path)
        try:
            answered = self.conversation.answer(text, self.staff, form.cleaned_data["seen"] or 0)
        except Overtaken:
            return self._overtaken(form)
        except NotSent:
            form.add_error(
                None, _("The answer could not be sent. Your text is still here. Please try again.")
            )
        except Refused as refused:
            form.add_error(None, refused.reason)
        else:
            self._answered(answered, is_over=act == "close")
            return redirect(self.request.path)
        return self.form_invalid(form)

    def _answered(self, message: Message, *, is_over: bool) -> None:
        conversation = self.conversation
        log(
            conversation,
            "conversation.answer",
            user=self.staff,
            data={"what": "", "why": ""},
            title=name_in_log(conversation),
        )
        if is_over and conversation.state != State.CLOSED:
            conversation.close()
        messages.success(self.request, _("The answer is on its way to %s.") % conversation.readable_email)

    def _overtaken(self, form: AnswerForm) -> HttpResponse:
        """Somebody was quicker: their message is shown above the text, which is kept."""
        again = self._again(self.request.POST)
        again.initial["seen"] = self._newest
        context = self.get_context_data(form=again, overtaken_since=form.cleaned_data["seen"] or 0)
        return self.render_to_response(context, status=409)

    @property
    def _newest(self) -> int:
        last = self.conversation.messages.order_by("-pk").first()
        return last.pk if last else 0

    def get_initial(self) -> dict[str, Any]:
        return {"seen": self._newest}

    def get_page_title(self) -> str:
        return self.conversation.subject

    def get_page_subtitle(self) -> str:
        return self.conversation.number

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        return [
            *self.breadcrumbs_items,
            {"url": reverse("conversations:index"), "label": _("Conversations")},
            {"url": "", "label": self.conversation.subject, "sublabel": self.conversation.number},
        ]

    def acts(self) -> list[tuple[str, str, bool]]:
        """Label, URL name, and whether it takes something away."""
        conversation, user = self.conversation, self.request.user
        if conversation.is_merged or not may_answer(user):
            return []
        is_over = conversation.state in {State.CLOSED, State.SPAM}
        found = [(_("Assign"), "assign", False)]
        found += [(_("Open again"), "reopen", False)] if is_over else [(_("Close"), "close", False)]
        found.append((_("Merge"), "merge", False))
        if conversation.state != State.SPAM:
            found.append((_("Spam"), "spam", True))
        if user.has_perm("contact.delete_conversation"):
            found.append((_("Delete"), "delete", True))
        return found

    def _messages(self) -> QuerySet[Message]:
        files = Prefetch("attachments", Attachment.objects.listed())
        return self.conversation.messages.select_related("by").prefetch_related(files)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)
        conversation, user = self.conversation, self.request.user
        letters = list(self._messages())
        article = find_article(str(conversation.article)) if conversation.article else None
        return context | {
            "conversation": conversation,
            "letters": letters,
            "outcomes": _outcomes(letters),
            "article": article,
            "said": _said(conversation),
            "sees_accounts": may_see_accounts(user),
            "accounts": accounts_of(conversation) if may_see_accounts(user) else [],
            "papers": papers_of(conversation) if user.has_perm("membership.view_printsubscriber") else [],
            "moves": conversation.moves.select_related("by", "subscription"),
            "may_move": may_move(user),
            "may_answer": may_answer(user) and not conversation.is_merged,
            "acts": [
                {
                    "label": label,
                    "address": reverse(f"conversations:{name}", args=[conversation.pk]),
                    "takes": takes,
                }
                for label, name, takes in self.acts()
            ],
            "entries": entries_about([conversation]),
        }


def _number(written: str | None) -> int:
    return int(written) if written and written.isascii() and written.isdecimal() and len(written) < 19 else 0


def _outcomes(letters: list[Message]) -> dict[int, dict[str, str]]:
    """Of what was sent, as far as the post room still knows: message → what became of it."""
    sends = {letter.send_id: letter.pk for letter in letters if letter.send_id}
    return {
        sends[recipient.send_id]: {
            "state": str(recipient.get_state_display()),
            "tone": tone(recipient.state),
            "words": recipient.words,
        }
        for recipient in Recipient.objects.filter(send__in=sends)
    }


def _said(conversation: Conversation) -> list[tuple[str, str]]:
    """What they know of the subscription that they can’t find."""
    labels = {
        "email": _("Another address"),
        "number": _("Number"),
        "name": _("Name"),
        "postcode": _("Postcode"),
        "last_digits": _("Card ending in"),
        "expires_on": _("Card expires"),
    }
    return [(label, str(value)) for key, label in labels.items() if (value := conversation.clues.get(key))]
