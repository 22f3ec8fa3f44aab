"""How each crawler is treated, all of them on one page."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from django import forms
from django.core.exceptions import PermissionDenied
from django.forms import BoundField
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.generic import FormView
from wagtail.admin import messages
from wagtail.admin.menu import MenuItem
from wagtail.admin.views.generic import WagtailAdminTemplateMixin
from wagtail.admin.viewsets.base import ViewSet

from broadsheet.crawlers.known import KNOWN, KnownCrawler, Purpose, Treatment
from broadsheet.crawlers.models import CrawlerPolicy
from broadsheet.crawlers.ranges import RangeFile, on_file
from broadsheet.people.models import Person


def may_treat_crawlers(user: Any) -> bool:
    return bool(user.has_perm("crawlers.change_crawlerpolicy"))


class CrawlersForm(forms.Form):
    """A field for each known crawler, named by its slug."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.treatments = CrawlerPolicy.objects.treatments()
        for slug, crawler in KNOWN.items():
            treatment = self.treatments[slug]
            # A choice made before the crawler's entry changed stays visible.
            offered = [choice for choice in Treatment if choice in {*crawler.treatments, treatment}]
            self.fields[slug] = forms.ChoiceField(
                label=crawler.name,
                choices=[(choice.value, _label(choice, crawler)) for choice in offered],
                initial=treatment.value,
                widget=forms.Select(attrs={"class": "w-w-full"}),
            )

    def save(self, by: Person) -> int:
        """Saves what was changed, and returns for how many crawlers."""
        for slug in self.changed_data:
            CrawlerPolicy.objects.treat(KNOWN[slug], Treatment(self.cleaned_data[slug]), by)
        return len(self.changed_data)


def _label(treatment: Treatment, crawler: KnownCrawler) -> str:
    if treatment == crawler.default:
        return _("%s (default)") % treatment.label
    return str(treatment.label)


@dataclass(frozen=True, slots=True)
class Row:
    crawler: KnownCrawler
    field: BoundField
    proof: str
    networks: int
    since: datetime | None
    policy: CrawlerPolicy | None
    """None where it is treated as its purpose is by default."""


def proof_of(crawler: KnownCrawler) -> str:
    """How it is told from an impostor that uses its name."""
    if crawler.reads_as:
        return _("%s reads for it; robots.txt keeps it out unless it gets all") % KNOWN[crawler.reads_as].name
    if not crawler.can_be_proven:
        return _("Not at all: it never gets more than the opening")
    domains = ", ".join(crawler.domains)
    if crawler.ranges and domains:
        return _("Published networks, else DNS (%s)") % domains
    return _("DNS (%s)") % domains if domains else _("Published networks")


class CrawlersView(WagtailAdminTemplateMixin, FormView[CrawlersForm]):
    template_name = "desk/paywall/crawlers.html"
    page_title = gettext_lazy("Crawlers")
    header_icon = "globe"
    form_class = CrawlersForm

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        if not may_treat_crawlers(request.user):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        return [*self.breadcrumbs_items, {"url": "", "label": self.page_title}]

    def form_valid(self, form: CrawlersForm) -> HttpResponse:
        changed = form.save(cast(Person, self.request.user))
        said = ngettext(
            "%d crawler is treated differently from now on.",
            "%d crawlers are treated differently from now on.",
            changed,
        )
        messages.success(self.request, said % changed if changed else _("Nothing was changed."))
        return redirect(self.request.path)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)
        rows = list(_rows(context["form"], on_file()))
        groups = [
            (purpose.label, [row for row in rows if row.crawler.purpose == purpose]) for purpose in Purpose
        ]
        return context | {"groups": groups}


def _rows(form: CrawlersForm, file: RangeFile) -> Iterator[Row]:
    changed = {policy.crawler: policy for policy in CrawlerPolicy.objects.select_related("changed_by")}
    for slug, crawler in KNOWN.items():
        yield Row(
            crawler=crawler,
            field=form[slug],
            proof=proof_of(crawler),
            networks=len(file.networks_of(crawler)),
            since=file.since(crawler),
            policy=changed.get(slug),
        )


class CrawlersMenuItem(MenuItem):
    def is_shown(self, request: Any) -> bool:
        return may_treat_crawlers(request.user)


class CrawlersViewSet(ViewSet):
    name = "crawlers"
    icon = "globe"
    menu_label = gettext_lazy("Crawlers")
    menu_item_class = CrawlersMenuItem

    def get_urlpatterns(self) -> list[Any]:
        return [path("", CrawlersView.as_view(), name="index")]
