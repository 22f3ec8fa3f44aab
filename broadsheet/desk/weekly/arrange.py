"""What is in an issue, in which order and length: one form, in which each button saves all that was typed,
then does its own work."""

from typing import Any
from urllib.parse import urlencode

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from wagtail.admin import messages

from broadsheet.desk.weekly.access import CHANGE, WeeklyIssuePage, done_since, note_change, version_edited
from broadsheet.desk.weekly.arrange_forms import NewDepartmentForm
from broadsheet.desk.weekly.arrangement import Arrangement
from broadsheet.desk.weekly.finding import found_articles, found_letters
from broadsheet.editorial.models import Article, LetterToEditor
from broadsheet.weekly.errors import ChangedMeanwhile, WeeklyIssueError
from broadsheet.weekly.filling import fill
from broadsheet.weekly.laid_out import lay_out
from broadsheet.weekly.models import Department, IssueItem
from broadsheet.weekly.models.life import EDITABLE


class ArrangeView(WeeklyIssuePage):
    needs = CHANGE
    template_name = "desk/weekly/arrange.html"
    page_title = gettext_lazy("Contents")
    tab = "arrange"

    @cached_property
    def posted(self) -> Any:
        return self.request.POST if self.request.method == "POST" else None

    @cached_property
    def arrangement(self) -> Arrangement:
        return Arrangement(lay_out(self.issue), self.posted)

    @cached_property
    def version(self) -> int:
        """Which one whoever has the page in front of them knows."""
        return version_edited(self.request) if self.posted else self.issue.version

    @cached_property
    def department_form(self) -> NewDepartmentForm:
        is_asked = self.posted is not None and self.posted.get("action") == "department"
        return NewDepartmentForm(self.posted if is_asked else None, prefix="new")

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        if self.issue.state not in EDITABLE:
            messages.warning(request, _("It is published: what is in it stays. Correct it instead."))
            return redirect("weekly:issue", pk)
        return self.render_to_response(self.get_context_data())

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        action, _colon, about = request.POST.get("action", "save").partition(":")
        if not self.arrangement.is_valid() or (
            action == "department" and not self.department_form.is_valid()
        ):
            return self._shown_again(_("Not saved yet: see the errors below."))
        try:
            with transaction.atomic():
                done = self.arrangement.save(version_edited(request))
                done += self._carry_out(action, about)
                if done:
                    note_change(self.issue, "weekly.arrange", self.person, "; ".join(done))
        except ChangedMeanwhile as error:
            # Saved again, it takes the place of what somebody else saved meanwhile.
            self.version = error.issue.version
            told = done_since(self.issue, version_edited(request))
            return self._shown_again(f"{error.reason} {_('What you did is below, unsaved.')}", told)
        except WeeklyIssueError as error:
            # All of it is undone: shown again, nothing that was typed is lost.
            return self._shown_again(error.reason)
        if action == "done":
            return redirect("weekly:issue", pk)
        query = urlencode({"q": self.search}) if self.search else ""
        # Enter in the field saves, as everywhere, and searches for what was typed.
        is_other = self.search != self.request.GET.get("q", "").strip()
        anchor = _anchor("find" if is_other and action == "save" else action, about)
        return redirect(f"{request.path}{query and '?'}{query}{anchor}")

    @cached_property
    def search(self) -> str:
        """It goes on after an article was added."""
        asked = self.request.GET.get("q", "")
        return (self.posted or {}).get("q", asked).strip()[:100]

    def _shown_again(self, fault: str, told: list[str] | None = None) -> HttpResponse:
        """With what was typed."""
        self.issue.refresh_from_db()
        self.__dict__.pop("arrangement", None)
        self.arrangement.is_valid()
        return self.render_to_response(self.get_context_data(fault=fault, told=told or []), status=409)

    def _carry_out(self, action: str, about: str) -> list[str]:
        """What the button does besides saving; what was done, in words for the log."""
        issue = self.issue
        key = int(about) if about.isascii() and about.isdecimal() and len(about) < 19 else -1
        match action:
            case "up" | "down" | "drop":
                return self._with_item(action, issue.items.filter(pk=key).select_related("article").first())
            case "department-up" | "department-down" | "department-drop":
                return self._with_department(action, issue.departments.filter(pk=key).first())
            case "article":
                article = Article.objects.live().filter(pk=key).first()
                return self._added(article) if article else []
            case "department":
                typed = self.department_form.cleaned_data
                issue.add_department(typed["name"], holds=typed["holds"])
                return [_("department “%s” added") % typed["name"]]
            case "letter" | "letter-drop" | "letter-up":
                return self._with_letter(action, key)
            case "fill":
                count = fill(issue)
                said = ngettext("%d article was added.", "%d articles were added.", count) % count
                messages.success(self.request, said if count else _("Nothing new fits the rule."))
                return [said] if count else []
            case "save" | "done":
                messages.success(self.request, _("Saved."))
        return []

    def _added(self, article: Article) -> list[str]:
        item = self.issue.add(article)
        messages.success(
            self.request,
            _("“%(headline)s” is in “%(department)s” now.")
            % {"headline": article.title, "department": item.department.name},
        )
        return [_("“%s” added") % article.title]

    def _with_item(self, action: str, item: IssueItem | None) -> list[str]:
        if item is None:
            return []
        name = item.article.title if item.article else _("An article that is gone")
        if action == "drop":
            self.issue.drop(item)
            return [_("“%s” taken out") % name]
        self.issue.move(item, -1 if action == "up" else 1)
        return [_("“%s” moved") % name]

    def _with_department(self, action: str, department: Department | None) -> list[str]:
        if department is None:
            return []
        if action == "department-drop":
            self.issue.drop_department(department)
            return [_("department “%s” taken out") % department.name]
        self.issue.move_department(department, -1 if action == "department-up" else 1)
        return [_("department “%s” moved") % department.name]

    def _with_letter(self, action: str, key: int) -> list[str]:
        chosen = [row.letter for row in self.issue.letters.select_related("letter")]
        about = next((letter for letter in chosen if letter.pk == key), None)
        if action == "letter":
            wanted = LetterToEditor.objects.shown().filter(edition=self.issue.edition, pk=key).first()
            if wanted is None or about:
                return []
            self.issue.choose_letters([*chosen, wanted])
            return [_("a letter chosen")]
        if about is None:
            return []
        place = chosen.index(about)
        chosen.remove(about)
        if action == "letter-up":
            chosen.insert(max(0, place - 1), about)
        self.issue.choose_letters(chosen)
        return [_("a letter moved") if action == "letter-up" else _("a letter taken out")]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | {
            "version": self.version,
            "arrangement": self.arrangement,
            "department_form": self.department_form,
            "letters": self.arrangement.laid.letters,
            "more_letters": found_letters(self.issue),
            "search": self.search,
            "found": found_articles(self.issue, self.search),
        }


def _anchor(action: str, about: str) -> str:
    match action:
        case "up" | "down":
            return f"#item-{about}"
        case "article" | "find":
            return "#more"
        case "letter" | "letter-drop" | "letter-up":
            return "#letters"
        case "department-up" | "department-down":
            return f"#department-{about}"
    return ""
