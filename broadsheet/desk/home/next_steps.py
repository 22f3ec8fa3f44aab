"""What a new magazine still needs, on the first page. Each step ticks itself off by what is there."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods
from wagtail import hooks
from wagtail.admin.menu import MenuItem
from wagtail.admin.ui.components import Component
from wagtail.users.models import UserProfile

from broadsheet.desk.identity.scope import ALL, may_change_identity
from broadsheet.desk.newsroom.places import all_editions
from broadsheet.desk.newsroom.writing import NEW_ARTICLE, may_begin
from broadsheet.editorial.models import Article, Publication, StandingPage
from broadsheet.identity.models import Identity
from broadsheet.membership.models import Plan
from broadsheet.people.models import Person
from broadsheet.people.second_factor import has_second_factor
from broadsheet.platform import clock
from broadsheet.platform.http.redirects import see_other
from broadsheet.platform.processes.backup import last_backup

PREFIX = "next-steps:"
"""Of what a person has put away, among what Wagtail keeps for them under `dismissibles`."""
BACKUP_LASTS = timedelta(days=8)


@dataclass(frozen=True, slots=True)
class Step:
    """`may` says for whom it is; `is_done` is asked anew each time, with that person."""

    name: str
    title: Any
    about: Any
    address: Callable[[], str]
    """Where it is done; empty where that is the host’s terminal."""
    may: Callable[[Person], bool]
    is_done: Callable[[Person], bool]


@dataclass(frozen=True, slots=True)
class Shown:
    step: Step
    address: str
    is_done: bool
    is_away: bool


steps: list[Step] = []
"""In their order. A room above adds its own in its `AppConfig.ready`."""


def _is_operator(person: Person) -> bool:
    return person.is_superuser


def may(permission: str) -> Callable[[Person], bool]:
    return lambda person: person.has_perm(permission)


def _explorer() -> str:
    editions = all_editions()
    return reverse("wagtailadmin_explore", args=[editions[0].pk] if editions else [])


def _is_backed_up(person: Person) -> bool:
    at = last_backup()
    return at is not None and clock.now() - at < BACKUP_LASTS


steps += [
    Step(
        "second-factor",
        gettext_lazy("Protect your account with a second factor"),
        gettext_lazy("An app on your phone or a passkey, so that a stolen password opens nothing."),
        lambda: reverse("people:account"),
        lambda person: person.is_staff,
        has_second_factor,
    ),
    Step(
        "article",
        gettext_lazy("Publish your first article"),
        gettext_lazy("Until then, readers see that the magazine opens soon."),
        lambda: reverse(NEW_ARTICLE),
        may_begin,
        lambda person: Article.objects.live().exists(),
    ),
    Step(
        "pages",
        gettext_lazy("Fill in the imprint, privacy and the other pages"),
        gettext_lazy(
            "They are drafts: replace what stands in double brackets, and publish. Delete what is not needed."
        ),
        _explorer,
        may("editorial.change_standingpage"),
        lambda person: not StandingPage.objects.filter(live=False, first_published_at=None).exists(),
    ),
    Step(
        "identity",
        gettext_lazy("Give the magazine its look"),
        gettext_lazy("Logo, fonts, layout and motto, tried on real pages before readers see them."),
        lambda: reverse("identity:edit", args=[ALL]),
        may_change_identity,
        lambda person: Identity.objects.applied().exists(),
    ),
    Step(
        "description",
        gettext_lazy("Say what the magazine is"),
        gettext_lazy("In one sentence, for search engines and shared links."),
        lambda: reverse("wagtailsettings:edit", args=["editorial", "publication"]),
        may("editorial.change_publication"),
        lambda person: bool(Publication.load().description),
    ),
    Step(
        "sender",
        gettext_lazy("Have your mail signed"),
        gettext_lazy("Signed letters are trusted: set DKIM_KEY and the DNS records, as docs/post.md says."),
        lambda: "",
        _is_operator,
        lambda person: bool(settings.DKIM_KEY or settings.MAIL_PROVIDER),
    ),
    Step(
        "backup",
        gettext_lazy("Back it up"),
        gettext_lazy("Have “broadsheet backup” run each night, as docs/operating.md says."),
        lambda: "",
        _is_operator,
        _is_backed_up,
    ),
    Step(
        "plans",
        gettext_lazy("Decide what readers pay for"),
        gettext_lazy("All articles are free now. Make a plan, then set the wall under Publication."),
        lambda: reverse("plans:index"),
        may("membership.add_plan"),
        lambda person: Plan.objects.exists(),
    ),
]  # fmt: skip


def steps_for(person: Person) -> list[Shown]:
    away = UserProfile.get_for_user(person).dismissibles
    return [
        Shown(step, step.address(), step.is_done(person), bool(away.get(PREFIX + step.name)))
        for step in steps
        if step.may(person)
    ]


class NextSteps(Component):
    """Shown until all of it is done or put away."""

    name = "next-steps"
    order = 40
    template_name = "desk/home/next_steps.html"

    def __init__(self, shown: list[Shown]) -> None:
        self.shown = shown

    @property
    def open(self) -> list[Shown]:
        return [entry for entry in self.shown if not (entry.is_done or entry.is_away)]

    def get_context_data(self, parent_context: Any) -> dict[str, Any]:
        return {
            "request": parent_context["request"],
            "csrf_token": parent_context["csrf_token"],
            "open": self.open,
            "done": sum(entry.is_done for entry in self.shown),
            "count": len(self.shown),
        }


@require_http_methods(["GET", "HEAD", "POST"])
def all_steps(request: HttpRequest) -> HttpResponse:
    """All of them, with those that were put away; a post puts one away or takes it back."""
    person: Any = request.user
    shown = steps_for(person)
    if request.method != "POST":
        context = {"shown": shown, "page_title": _("What comes next"), "header_icon": "tasks"}
        return render(request, "desk/home/all_steps.html", context)
    name, away = request.POST.get("step"), request.POST.get("away") == "yes"
    names = [entry.step.name for entry in shown]
    if name not in [*names, "all"]:
        raise Http404
    profile = UserProfile.get_for_user(person)
    for one in names if name == "all" else [name]:
        profile.dismissibles[PREFIX + one] = away
    profile.save(update_fields=["dismissibles"])
    if away:
        messages.success(request, _("Hidden, for you alone. It still stands under Help, What comes next."))
    return see_other("wagtailadmin_home" if request.POST.get("from") == "home" else "next_steps")


@hooks.register("register_admin_urls")
def step_urls() -> list[Any]:
    return [path("next-steps/", all_steps, name="next_steps")]


@hooks.register("register_help_menu_item")
def menu_item() -> MenuItem:
    return MenuItem(gettext_lazy("What comes next"), reverse("next_steps"), icon_name="tasks", order=10)
