"""The short form of one article, written beside its text."""

from hashlib import sha256
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin import messages

from broadsheet.desk.weekly.access import CHANGE, WeeklyIssuePage, done_since, note_change, version_edited
from broadsheet.editorial.opening import plain_text
from broadsheet.weekly.content import Length
from broadsheet.weekly.errors import WeeklyIssueError
from broadsheet.weekly.models import IssueItem, LengthChoices
from broadsheet.weekly.models.life import EDITABLE

NOT_TEXT = frozenset({"wall", "sponsor", "related", "divider"})


class ShortForm(forms.ModelForm):  # type: ignore[type-arg]
    length = forms.ChoiceField(
        label=gettext_lazy("The issue has"), choices=LengthChoices.choices, widget=forms.RadioSelect
    )

    class Meta:
        model = IssueItem
        fields = ("short_form", "length")


class ShortFormView(WeeklyIssuePage):
    needs = CHANGE
    template_name = "desk/weekly/short_form.html"
    page_title = gettext_lazy("Short form")
    tab = "arrange"

    @cached_property
    def item(self) -> IssueItem:
        items = IssueItem.objects.select_related("article", "department")
        return get_object_or_404(items, issue=self.issue, pk=self.kwargs["item"])

    @cached_property
    def form(self) -> ShortForm:
        posted = self.request.POST if self.request.method == "POST" else None
        # Whoever comes to write one means it to stand there.
        length = self.item.length if self.item.short_form else Length.SHORT
        fresh = IssueItem.objects.get(pk=self.item.pk)
        return ShortForm(posted, instance=fresh, initial={"length": length})

    def get(self, request: HttpRequest, pk: int, item: int) -> HttpResponse:
        if self.issue.state not in EDITABLE:
            messages.warning(request, _("It is published: what is in it stays. Correct it instead."))
            return redirect("weekly:issue", pk)
        return self.render_to_response(self.get_context_data())

    def post(self, request: HttpRequest, pk: int, item: int) -> HttpResponse:
        if not self.form.is_valid():
            return self.render_to_response(self.get_context_data(fault=_("Not saved yet: see below.")))
        try:
            with self.issue.edited() as issue:
                # Others may change the rest of the issue meanwhile, but not this text.
                now = IssueItem.objects.get(pk=self.item.pk)
                if request.POST.get("seen") != seen_of(now):
                    fault = _(
                        "This short form was changed after you opened the page."
                        " What you wrote is below, unsaved."
                    )
                    told = done_since(issue, version_edited(request))
                    shown = {"fault": fault, "told": told, "theirs": now.short_form, "seen": seen_of(now)}
                    return self.render_to_response(self.get_context_data(**shown), status=409)
                IssueItem.objects.filter(pk=now.pk).update(**self.form.cleaned_data)
        except WeeklyIssueError as error:
            messages.warning(request, error.reason)
            return redirect("weekly:issue", pk)
        note_change(self.issue, "weekly.shorten", self.person, _("“%s”") % self.headline)
        messages.success(request, _("Saved."))
        return redirect(f"{self.address_of_contents}#item-{item}")

    @property
    def address_of_contents(self) -> str:
        return self.request.path.partition("short-form/")[0] + "arrange/"

    @property
    def headline(self) -> str:
        return self.item.article.title if self.item.article else _("An article that is gone")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        article: Any = self.item.article
        text = [
            (block.block_type, plain_text(block.value))
            for block in (article.body if article else ())
            if block.block_type not in NOT_TEXT
        ]
        # Of what the form was shown for, until its writer has been told of another.
        seen = self.request.POST.get("seen") or seen_of(self.item)
        return (
            {"seen": seen}
            | super().get_context_data(**kwargs)
            | {
                "form": self.form,
                "media": self.form.media,
                "item": self.item,
                "article": article,
                "headline": self.headline,
                "text": [(kind, words) for kind, words in text if words],
                "all_words": sum(len(words.split()) for _kind, words in text),
                "contents": self.address_of_contents,
            }
        )


def seen_of(item: IssueItem) -> str:
    """The same for the same short form."""
    return sha256(f"{item.length}\n{item.short_form}".encode()).hexdigest()[:16]
