"""What the pages of the live desk share: whose they are, and what is noted."""

from functools import cached_property
from typing import Any, cast

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import FormView
from wagtail.log_actions import log

from broadsheet.desk.newsroom.about_article import AboutArticleMixin
from broadsheet.editorial.models import Article, Coverage, Entry, Kind
from broadsheet.people.models import Person


class LiveDesk(AboutArticleMixin, FormView[Any]):
    """`page_id` in the address names the article, so that its edition's time zone holds."""

    header_icon = "time"
    template_name = "desk/newsroom/live_form.html"
    button: Any = gettext_lazy("Save")
    explanation: Any = ""
    is_destructive = False

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        self.article: Article = get_object_or_404(
            Article, pk=kwargs["page_id"], alias_of=None, kind=Kind.LIVE
        )
        if not may_post(request.user, self.article):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    @property
    def staff(self) -> Person:
        return cast(Person, self.request.user)

    @cached_property
    def coverage(self) -> Coverage:
        return Coverage.of(self.article)

    def get_success_url(self) -> str:
        return reverse("desk_live", args=[self.article.pk])

    def on_the_way(self) -> list[dict[str, Any]]:
        if self.request.path == self.get_success_url():
            return []
        return [{"url": self.get_success_url(), "label": _("Live coverage")}]

    def note(self, action: str, what: str, why: str = "") -> None:
        log(self.article, action, user=self.staff, data={"what": what, "why": why})

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)
        return context | {
            "article": self.article,
            "coverage": self.coverage,
            "media": context["form"].media,
            "back": self.get_success_url(),
            "button": self.button,
            "explanation": self.explanation,
            "is_destructive": self.is_destructive,
            "oversees": oversees(self.staff),
        }


def may_post(user: Any, article: Article) -> bool:
    """Whoever may write in the article may tell in it what happens: no approval is waited for."""
    return bool(user.has_perm("editorial.add_entry")) and article.permissions_for_user(user).can_edit()


def may_change(person: Person, entry: Entry) -> bool:
    """One's own entries, or those of all."""
    return entry.written_by_id == person.pk or oversees(person)


def oversees(person: Person) -> bool:
    return bool(person.has_perm("editorial.change_entry"))
