"""The digest's editor: one form, in which each button saves all that was typed, then does its own work."""

from typing import Any

from django import forms
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from wagtail.admin import messages

from broadsheet.desk.newsletters.access import IssuePage, version_edited
from broadsheet.editorial.models import Article
from broadsheet.newsletters.issues.errors import EditedMeanwhile, IssueError
from broadsheet.newsletters.models import Issue, Item

FOUND = 12


class HeadForm(forms.ModelForm):  # type: ignore[type-arg]
    class Meta:
        model = Issue
        fields = ("subject", "preheader", "note")
        widgets = {"note": forms.Textarea(attrs={"rows": 4})}


class ItemForm(forms.ModelForm):  # type: ignore[type-arg]
    """An article's own words stand as placeholders, and go out where nothing else is typed."""

    class Meta:
        model = Item
        fields = ("headline", "standfirst", "url", "source_name")
        widgets = {"standfirst": forms.Textarea(attrs={"rows": 2})}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        article = self.instance.article
        if self.instance.url:
            self.fields["headline"].required = True
            self.fields["url"].required = self.fields["source_name"].required = True
        else:
            del self.fields["url"], self.fields["source_name"]
        if article:
            self.fields["headline"].widget.attrs["placeholder"] = article.title
            self.fields["standfirst"].widget.attrs["placeholder"] = article.standfirst

    def clean(self) -> dict[str, Any]:
        typed: dict[str, Any] = super().clean() or {}
        # As it was: who typed the article's own words has changed nothing.
        if (article := self.instance.article) is not None:
            for name, own in (("headline", article.title), ("standfirst", article.standfirst)):
                if typed.get(name) == own:
                    typed[name] = ""
        return typed


class LinkForm(forms.Form):
    url = forms.URLField(label=gettext_lazy("Address"), max_length=500, assume_scheme="https")
    headline = forms.CharField(label=gettext_lazy("Headline"), max_length=255)
    source = forms.CharField(label=gettext_lazy("Who published it"), max_length=120)


class DigestView(IssuePage):
    needs = "newsletters.change_issue"
    template_name = "desk/newsletters/digest.html"
    page_title = gettext_lazy("Articles and order")

    @cached_property
    def posted(self) -> Any:
        return self.request.POST if self.request.method == "POST" else None

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        if self.issue.state != Issue.State.DRAFT:
            messages.warning(request, _("Only a draft can be edited. Return it to draft first."))
            return redirect("issues:issue", pk)
        return self.render_to_response(self.get_context_data())

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        action, _colon, about = request.POST.get("action", "save").partition(":")
        if not all(form.is_valid() for form in self.forms):
            return self._shown_again(_("Not saved yet: see the errors below."))
        try:
            with transaction.atomic():
                if action == "link" and not self.link_form.is_valid():
                    return self._shown_again(_("The link needs an address, a headline and its source."))
                self._save()
            # What was typed is saved, whether or not this can be done.
            with transaction.atomic():
                self._carry_out(action, about)
        except EditedMeanwhile as error:
            return self._shown_again(error.reason)
        except IssueError as error:
            messages.warning(request, error.reason)
        if action == "done":
            return redirect("issues:issue", pk)
        return redirect(f"{request.path}{self._remembered}{_anchor(action, about)}")

    @property
    def _remembered(self) -> str:
        """The search goes on after an article was added."""
        query = self.request.GET.urlencode()
        return f"?{query}" if query else ""

    def _save(self) -> None:
        order = [int(pk) for pk in self.request.POST.getlist("item") if pk.isascii() and pk.isdecimal()]
        self.issue.arrange(order, by=self.person, version=version_edited(self.request))
        Issue.objects.filter(pk=self.issue.pk).update(**self.head_form.cleaned_data)
        for form in self.item_forms:
            Item.objects.filter(pk=form.instance.pk).update(**form.cleaned_data)

    def _carry_out(self, action: str, about: str) -> None:
        issue, by = self.issue, self.person
        item = issue.items.filter(pk=about).first() if about.isascii() and about.isdecimal() else None
        match action:
            case "up" | "down" if item:
                issue.move(item, -1 if action == "up" else 1, by=by)
            case "drop" if item:
                issue.drop(item, by=by)
            case "lead" if item:
                issue.lead_with(item, by=by)
            case "article" if about.isascii() and about.isdecimal():
                if article := Article.objects.live().filter(pk=about).first():
                    issue.add_article(article, by=by)
            case "link":
                typed = self.link_form.cleaned_data
                issue.add_link(typed["url"], typed["headline"], typed["source"], by=by)
            case "assemble":
                count = issue.assemble(by=by)
                said = ngettext("%d article was added.", "%d articles were added.", count) % count
                messages.success(self.request, said if count else _("Nothing new fits the rule."))
            case "save" | "done":
                messages.success(self.request, _("Saved."))

    def _shown_again(self, fault: str) -> HttpResponse:
        """With what was typed. Saved again, it takes the place of what somebody else saved meanwhile."""
        self.issue.refresh_from_db()
        return self.render_to_response(self.get_context_data(fault=fault), status=409)

    @cached_property
    def head_form(self) -> HeadForm:
        return HeadForm(self.posted, instance=Issue.objects.get(pk=self.issue.pk))

    @cached_property
    def item_forms(self) -> list[ItemForm]:
        return [
            ItemForm(self.posted_of(item), instance=item, prefix=f"item-{item.pk}") for item in self.items
        ]

    def posted_of(self, item: Item) -> Any:
        """None for an item that somebody else added since this form was shown."""
        return self.posted if self.posted and f"item-{item.pk}-headline" in self.posted else None

    @cached_property
    def items(self) -> list[Item]:
        shown = self.issue.shown_items
        if not self.posted:
            return shown
        order = {pk: place for place, pk in enumerate(self.posted.getlist("item"))}
        return sorted(shown, key=lambda item: order.get(str(item.pk), len(order)))

    @cached_property
    def link_form(self) -> LinkForm:
        is_asked = self.posted is not None and self.posted.get("action") == "link"
        return LinkForm(self.posted if is_asked else None, prefix="link")

    @property
    def forms(self) -> list[Any]:
        return [self.head_form, *(form for form in self.item_forms if form.is_bound)]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        search = self.request.GET.get("q", "").strip()[:100]
        return super().get_context_data(**kwargs) | {
            "head_form": self.head_form,
            "item_forms": self.item_forms,
            "link_form": self.link_form,
            "dropped": self.issue.items.filter(is_dropped=True).select_related("article"),
            "search": search,
            "found": self._found(search),
        }

    def _found(self, search: str) -> list[Article]:
        """Articles of the edition that may be added, the newest first."""
        issue = self.issue
        here = Article.objects.live().public().filter(locale__language_code=issue.newsletter.edition)
        if search:
            here = here.filter(title__icontains=search)
        there = issue.items.filter(is_dropped=False).exclude(article_uuid=None).values("article_uuid")
        mailed = issue.newsletter.mailed_articles.values("article_uuid")
        new = here.exclude(translation_key__in=there).exclude(translation_key__in=mailed)
        return list(new.newest_first().defer("body")[:FOUND])


def _anchor(action: str, about: str) -> str:
    return f"#item-{about}" if action in {"up", "down", "lead"} else "#more" if action == "article" else ""
