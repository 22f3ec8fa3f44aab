"""One letter: as it came, as we would print it, what the writer answered, and what can be done now."""

from typing import Any

from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.views.generic import TemplateView

from broadsheet.desk.audit import entries_about
from broadsheet.desk.letters.access import may_edit_letters
from broadsheet.desk.mail.access import PostPage
from broadsheet.editorial.letters.links import printed_address
from broadsheet.editorial.models import LetterState, LetterToEditor
from broadsheet.editorial.models.letters.state import EDITABLE, IN_WORK


class LetterRecord(PostPage, TemplateView):
    needs = "editorial.view_lettertoeditor"
    template_name = "desk/letters/letter.html"
    header_icon = "openquote"

    @cached_property
    def letter(self) -> LetterToEditor:
        rows = LetterToEditor.objects.at_the_desk().select_related("article", "assignee")
        return get_object_or_404(rows, pk=self.kwargs["pk"])

    def get_page_title(self) -> str:
        return self.letter.name

    def get_page_subtitle(self) -> str:
        return self.letter.number

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        return [
            *self.breadcrumbs_items,
            {"url": reverse("letters:index"), "label": _("Letters to the editor")},
            {"url": "", "label": self.letter.name, "sublabel": self.letter.number},
        ]

    def acts(self) -> list[tuple[str, str, bool]]:
        """Label, URL name, and whether it takes something away."""
        letter = self.letter
        if not may_edit_letters(self.request.user) or letter.state == LetterState.WITHDRAWN:
            return []
        found: list[tuple[str, str, bool]] = []
        is_edited = not letter.may_be_printed
        if letter.state == LetterState.NEW:
            found.append((_("Choose"), "choose", False))
        if letter.state in (*IN_WORK, LetterState.TAKEN_DOWN) and not is_edited:
            found.append((_("Publish"), "publish", False))
        if letter.state in EDITABLE:
            edits = [(_("Edit"), "edit", False)]
            if is_edited:
                edits.append((_("Send to the writer"), "send", False))
            # What comes next stands first.
            found += edits if letter.state == LetterState.AWAITING else reversed(edits)
            if is_edited:
                found.append((_("Drop our edits"), "drop_edits", True))
            found.append((_("Reply beneath it"), "reply", False))
        found.append((_("Assign"), "assign", False))
        if letter.state == LetterState.PUBLISHED:
            found.append((_("Take down"), "take_down", True))
        if letter.state in (LetterState.NEW, *IN_WORK):
            found.append((_("Decline"), "decline", True))
        if letter.state == LetterState.DECLINED:
            found.append((_("Consider it again"), "reconsider", False))
        return found

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)
        letter = self.letter
        return context | {
            "letter": letter,
            "sees_address": may_edit_letters(self.request.user),
            "is_changed": letter.draft != letter.text,
            "proofs": letter.proofs.select_related("by"),
            "public_address": printed_address(letter) if letter.state == LetterState.PUBLISHED else "",
            "acts": [
                {"label": label, "address": reverse(f"letters:{name}", args=[letter.pk]), "takes": takes}
                for label, name, takes in self.acts()
            ],
            "entries": entries_about([letter]),
        }
