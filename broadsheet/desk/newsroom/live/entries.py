"""Entries of a coverage are posted, corrected and withdrawn here."""

from typing import Any, cast
from uuid import UUID, uuid4

from django import forms
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin import messages
from wagtail.admin.forms.models import WagtailAdminModelForm
from wagtail.rich_text import RichText

from broadsheet.desk.newsroom.live.desk import LiveDesk, may_change
from broadsheet.editorial.models import ChangedMeanwhileError, Entry, NotPostedError
from broadsheet.people.models import Person

POST = "post"


class EntryForm(WagtailAdminModelForm):
    key = forms.UUIDField(widget=forms.HiddenInput, required=False)
    seen = forms.IntegerField(widget=forms.HiddenInput, required=False)
    note = forms.CharField(
        label=gettext_lazy("What was wrong, and what is right"),
        max_length=400,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=gettext_lazy(
            "Readers see it under the entry, with the time. Empty for a slip of the pen: then they see that"
            " it was edited."
        ),
    )

    class Meta(WagtailAdminModelForm.Meta):
        model = Entry
        fields = ("headline", "body", "is_key_point", "authors")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["headline"].widget.attrs["dir"] = "auto"
        if not self.instance.is_posted:
            del self.fields["note"]
        if self.data and self.data.get("act") != POST:
            self.defer_required_fields()

    def clean(self) -> dict[str, Any]:
        typed: dict[str, Any] = super().clean()
        if typed.get("is_key_point") and not typed.get("headline", "").strip():
            self.add_error("headline", _("A key point needs a headline."))
        return typed

    def validate_constraints(self) -> None:
        """Those of the database `clean` has in words."""

    @property
    def written(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in self._meta.fields}


class WithdrawForm(forms.Form):
    why = forms.CharField(
        label=gettext_lazy("Why"),
        max_length=300,
        help_text=gettext_lazy("Readers see it where the entry stood."),
    )


class LiveView(LiveDesk):
    """A new entry, above all there are."""

    page_title = gettext_lazy("Live coverage")
    template_name = "desk/newsroom/live.html"
    form_class = EntryForm

    def get_initial(self) -> dict[str, Any]:
        author = getattr(self.staff, "author", None)
        return {"key": uuid4(), "authors": [author] if author else []}

    def get_form_kwargs(self) -> dict[str, Any]:
        blank = Entry(body=[("text", RichText(""))])
        return super().get_form_kwargs() | {"instance": blank, "for_user": self.staff}

    def form_valid(self, form: EntryForm) -> HttpResponse:
        posts = self.request.POST.get("act") == POST
        try:
            with transaction.atomic():
                entry = self.coverage.write(
                    form.cleaned_data["key"] or uuid4(), by=self.staff, **form.written
                )
                if posts and self.coverage.post(entry):
                    self.note("live.post", entry.line)
        except NotPostedError as error:
            form.add_error(None, error)
            return self.form_invalid(form)
        if posts:
            address = f"{self.article.get_url()}#{entry.anchor}"
            messages.success(self.request, _("Posted."), buttons=[messages.button(address, _("See it"))])
        else:
            messages.success(self.request, _("Kept as a draft. No reader sees it."))
        return redirect(self.get_success_url())

    def form_invalid(self, form: EntryForm) -> HttpResponse:
        key = _uuid(form.data.get("key"))
        if key and Entry.objects.filter(key=key).exists():
            # What is sent now is another entry.
            form.data = form.data.copy()
            form.data["key"] = str(uuid4())
        return super().form_invalid(form)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        own = Entry.objects.filter(coverage=self.coverage)
        drafts = own.drafts().select_related("written_by").prefetch_related("authors")
        return super().get_context_data(**kwargs) | {
            "posted": [(entry, may_change(self.staff, entry)) for entry in self.coverage.shown],
            "drafts": [(entry, may_change(self.staff, entry)) for entry in drafts],
        }


class EntryView(LiveDesk):
    """A draft goes on, or a posted entry is corrected."""

    template_name = "desk/newsroom/live_entry.html"
    form_class = EntryForm

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        entries = Entry.objects.filter(coverage__article=kwargs["page_id"], withdrawn_at=None)
        self.entry = get_object_or_404(entries, pk=kwargs["entry_id"])
        if not may_change(cast(Person, request.user), self.entry):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    @property
    def page_title(self) -> str:
        return _("Correct an entry") if self.entry.is_posted else _("Draft of an entry")

    def get_initial(self) -> dict[str, Any]:
        return {"seen": self.entry.version}

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"instance": self.entry, "for_user": self.staff}

    def form_valid(self, form: EntryForm) -> HttpResponse:
        entry = Entry.objects.get(pk=self.entry.pk)
        was_posted, posts = entry.is_posted, self.request.POST.get("act") == POST
        note = form.cleaned_data.get("note", "")
        try:
            with transaction.atomic():
                seen = form.cleaned_data["seen"] or 0
                self.coverage.change(entry, seen=seen, by=self.staff, note=note, **form.written)
                if was_posted:
                    self.note("live.change", entry.line, note)
                elif posts and self.coverage.post(entry):
                    self.note("live.post", entry.line)
        except NotPostedError as error:
            if isinstance(error, ChangedMeanwhileError):
                form.data = form.data.copy()
                form.data["seen"] = str(Entry.objects.get(pk=entry.pk).version)
            form.add_error(None, error)
            return self.form_invalid(form)
        saved = _("Posted.") if posts and not was_posted else _("Saved.")
        messages.success(self.request, saved)
        return redirect(self.get_success_url())

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | {"entry": self.entry}


class WithdrawView(LiveDesk):
    page_title = gettext_lazy("Withdraw an entry")
    form_class = WithdrawForm
    button = gettext_lazy("Withdraw")
    explanation = gettext_lazy(
        "Its text and pictures go from the page at once. That it was there stays, with the reason."
    )
    is_destructive = True

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        entries = Entry.objects.filter(coverage__article=kwargs["page_id"])
        self.entry = get_object_or_404(entries, pk=kwargs["entry_id"])
        if not may_change(cast(Person, request.user), self.entry):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    def get_page_subtitle(self) -> str:
        return self.entry.line

    def form_valid(self, form: WithdrawForm) -> HttpResponse:
        if self.coverage.drop(self.entry):
            messages.success(self.request, _("The draft is deleted."))
            return redirect(self.get_success_url())
        why = form.cleaned_data["why"]
        with transaction.atomic():
            if self.coverage.withdraw(self.entry, why):
                self.note("live.withdraw", self.entry.line, why)
        messages.success(self.request, _("The entry is withdrawn."))
        return redirect(self.get_success_url())


def _uuid(written: str | None) -> UUID | None:
    try:
        return UUID(written or "")
    except ValueError:
        return None
