"""How an export is mapped: sections and topics, newsletter, consent, columns of a table."""

from itertools import islice, takewhile
from typing import Any, cast

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin import messages

from broadsheet.editorial.models import Publication, Section
from broadsheet.importers.models import Import
from broadsheet.importers.pages.access import ImportsPage
from broadsheet.importers.planning.places import edition_of
from broadsheet.importers.records import Article, NotReadable, Subject
from broadsheet.importers.tables import headings_of
from broadsheet.importers.tending import go_on_soon
from broadsheet.newsletters.models import Newsletter
from broadsheet.people.models import Person
from broadsheet.platform import clock
from broadsheet.platform.days import name_of
from broadsheet.platform.http.redirects import see_other

MOST_SUBJECTS = 300
OF_READERS = {
    "address": gettext_lazy("e-mail address"),
    "name": gettext_lazy("name"),
    "since": gettext_lazy("signed up"),
    "wish": gettext_lazy("state: subscribed, unsubscribed, cleaned"),
    "labels": gettext_lazy("labels"),
    "note": gettext_lazy("note"),
    "network_address": gettext_lazy("network address at sign-up"),
}


class MapForm(forms.Form):
    section = forms.ChoiceField(
        label=gettext_lazy("Section"), help_text=gettext_lazy("For articles that no other section takes.")
    )
    newsletter = forms.ChoiceField(
        label=gettext_lazy("Newsletter"),
        help_text=gettext_lazy("For readers of a list that names none itself."),
    )
    declaration = forms.CharField(
        label=gettext_lazy("How readers agreed"),
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy(
            "Where the file does not say it itself: what they were asked, and where. "
            "Your name and the day are kept with it, for each reader."
        ),
    )
    paying_days = forms.IntegerField(
        label=gettext_lazy("Days for those who pay there"),
        min_value=0,
        max_value=366,
        help_text=gettext_lazy("How long they read on here without a subscription of their own here."),
    )
    kinds = forms.CharField(
        label=gettext_lazy("Custom types"),
        required=False,
        max_length=300,
        help_text=gettext_lazy("Those that come as articles, with commas between them."),
    )

    takes_name = forms.BooleanField(
        label=gettext_lazy("Take its name"),
        required=False,
        help_text=gettext_lazy(
            "With its motto, into your draft of the identity. Readers see it once you apply that."
        ),
    )
    takes_menus = forms.BooleanField(
        label=gettext_lazy("Take its menus"),
        required=False,
        help_text=gettext_lazy(
            "With all links that lead to something here. A menu that is here already stays."
        ),
    )

    def __init__(self, moving: Import, *args: Any, **kwargs: Any) -> None:
        wishes = moving.wanted
        kwargs["initial"] = {
            "section": wishes.section,
            "newsletter": wishes.newsletter,
            "declaration": wishes.declaration,
            "paying_days": wishes.paying_days,
            "kinds": ", ".join(wishes.kinds),
            "takes_name": wishes.takes_name,
            "takes_menus": wishes.takes_menus,
        }
        super().__init__(*args, **kwargs)
        if moving.source != "wordpress":
            del self.fields["kinds"]
        if not moving.of_magazine.get("name"):
            del self.fields["takes_name"]
        if not moving.of_magazine.get("menus"):
            del self.fields["takes_menus"]
        self.moving, self.wishes = moving, wishes
        edition = edition_of(wishes)
        self.sections = list(Section.objects.child_of(edition).values_list("slug", "title"))
        newsletters = Newsletter.objects.filter(edition=edition.locale.language_code).values_list(
            "slug", "name"
        )
        self._choices("section", self.sections, wishes.section or "news")
        self._choices("newsletter", list(newsletters), wishes.newsletter or "newsletter")
        self.subjects = _subjects(moving)
        for number, subject in enumerate(self.subjects):
            self.fields[f"subject{number}"] = forms.ChoiceField(
                label=_("“%s” becomes") % subject.name,
                choices=[
                    ("topic", _("a topic")),
                    ("section", _("a new section")),
                    *((f"section:{slug}", _("the section “%s”") % title) for slug, title in self.sections),
                    ("leave", _("left out")),
                ],
                initial=wishes.subjects.get(subject.key, "topic"),
            )
        self.headings = _headings(moving)
        if self.headings:
            for name, label in OF_READERS.items():
                self.fields[f"column_{name}"] = forms.ChoiceField(
                    label=_("Column: %s") % label,
                    required=False,
                    choices=[("", _("found by itself")), *((one, one) for one in self.headings)],
                    initial=wishes.columns.get(name, ""),
                )

    def _choices(self, name: str, there: list[tuple[str, str]], wanted: str) -> None:
        new = [] if any(slug == wanted for slug, _title in there) else [(wanted, _("%s (new)") % wanted)]
        cast(forms.ChoiceField, self.fields[name]).choices = [*there, *new]

    def save(self, by: Person) -> None:
        typed, wishes = self.cleaned_data, self.wishes
        wishes.section, wishes.newsletter = typed["section"], typed["newsletter"]
        wishes.paying_days = typed["paying_days"]
        wishes.takes_name, wishes.takes_menus = (
            typed.get("takes_name", False),
            typed.get("takes_menus", False),
        )
        wishes.kinds = [kind.strip() for kind in typed.get("kinds", "").split(",") if kind.strip()]
        if typed["declaration"].strip() != wishes.declaration:
            day = name_of(clock.now(), Publication.load().zone)
            words = typed["declaration"].strip()
            who = by.get_full_name() or by.email
            wishes.declaration = f"{who}, {day}: {words}" if words else ""
        for number, subject in enumerate(self.subjects):
            wishes.subjects[subject.key] = typed[f"subject{number}"]
        if self.headings:
            columns = {name: typed[f"column_{name}"] for name in OF_READERS}
            wishes.columns = {name: heading for name, heading in columns.items() if heading}
        self.moving.want(wishes)


def _subjects(moving: Import) -> list[Subject]:
    with moving.opened() as (source, _files):
        first = takewhile(lambda record: not isinstance(record, Article), source.records())
        return list(islice((record for record in first if isinstance(record, Subject)), MOST_SUBJECTS))


def _headings(moving: Import) -> list[str]:
    if moving.source != "readers":
        return []
    with moving.opened() as (_source, files):
        found = [heading for entry in files.ending(".csv", ".tsv", ".txt") for heading in headings_of(entry)]
    return list(dict.fromkeys(heading.strip() for heading in found if heading.strip()))


class MapView(ImportsPage):
    template_name = "importers/map.html"
    page_title = gettext_lazy("Mapping")

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        return self._answer(request, pk, None)

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        return self._answer(request, pk, request.POST)

    def _answer(self, request: HttpRequest, pk: int, data: Any) -> HttpResponse:
        moving = self.moving = get_object_or_404(Import, pk=pk)
        back = reverse("imports:import", args=[moving.pk])
        if moving.state not in {Import.State.PLANNED, Import.State.FAILED} or moving.files_deleted_at:
            messages.warning(request, _("Nothing of it can be mapped any more."))
            return see_other(back)
        try:
            form = MapForm(moving, data)
        except NotReadable as error:
            messages.error(request, str(error))
            return see_other(back)
        if data is None or not form.is_valid():
            return self.render_to_response(self.get_context_data(form=form, moving=moving, media=form.media))
        form.save(cast(Person, request.user))
        if moving.go_to(Import.State.READING, only_from=(Import.State.PLANNED, Import.State.FAILED)):
            go_on_soon.enqueue(moving.pk)
        return see_other(back)
