"""The form in which an export is brought along."""

import shutil
from pathlib import PurePosixPath
from typing import Any, cast

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.text import get_valid_filename
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.log_actions import log

from broadsheet.editorial.models import Edition
from broadsheet.importers import sources
from broadsheet.importers.models import Import
from broadsheet.importers.pages.access import ImportsPage
from broadsheet.importers.records import Wishes
from broadsheet.importers.tending import go_on_soon
from broadsheet.people.models import Person
from broadsheet.platform.http.redirects import see_other


class FilesInput(forms.ClearableFileInput):
    allow_multiple_selected = True


class FilesField(forms.FileField):
    widget = FilesInput

    def clean(self, data: Any, initial: Any = None) -> list[UploadedFile[Any]]:
        given = data if isinstance(data, list | tuple) else [data]
        return [super(FilesField, self).clean(file, initial) for file in given or [None]]


class UploadForm(forms.Form):
    source = forms.ChoiceField(label=gettext_lazy("From"), widget=forms.RadioSelect)
    export = FilesField(
        label=gettext_lazy("Files"),
        help_text=gettext_lazy(
            "All that belong together, at once. They are deleted when the import is done or undone, at the "
            "latest after two weeks. Bring more than two gigabytes by the command “broadsheet import”."
        ),
    )
    edition = forms.ChoiceField(label=gettext_lazy("Into the edition"))
    site = forms.URLField(
        label=gettext_lazy("Address of the old site"),
        required=False,
        assume_scheme="https",
        help_text=gettext_lazy(
            "For pictures that are still there. Needed where the export does not name it."
        ),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._choices("source", sources.choices())
        editions = Edition.objects.select_related("locale").order_by("path")
        self._choices("edition", [(one.locale.language_code, one.full_name) for one in editions])
        self.fields["edition"].initial = next(
            iter(editions.values_list("locale__language_code", flat=True)), ""
        )

    def _choices(self, name: str, choices: list[tuple[str, str]]) -> None:
        cast(forms.ChoiceField, self.fields[name]).choices = choices


class NewView(ImportsPage):
    template_name = "importers/new.html"
    page_title = gettext_lazy("Move in")

    def get(self, request: HttpRequest) -> HttpResponse:
        return self._shown(UploadForm(initial={"source": "ghost"}))

    def post(self, request: HttpRequest) -> HttpResponse:
        form = UploadForm(request.POST, request.FILES)
        if not form.is_valid():
            return self._shown(form)
        person = cast(Person, request.user)
        moving = Import.objects.create(
            source=form.cleaned_data["source"],
            is_uploaded=True,
            by=person,
            by_name=person.get_full_name() or person.email,
        )
        moving.want(Wishes(edition=form.cleaned_data["edition"], site=form.cleaned_data["site"]))
        _keep(moving, form.cleaned_data["export"])
        moving.go_to(Import.State.READING, only_from=(Import.State.NEW,))
        log(moving, "importers.read", user=person, title=str(moving))
        go_on_soon.enqueue(moving.pk)
        return see_other(reverse("imports:import", args=[moving.pk]))

    def _shown(self, form: UploadForm) -> HttpResponse:
        about = [(name, title, sources.takes(name)) for name, title in sources.choices()]
        return self.render_to_response(self.get_context_data(form=form, about=about, media=form.media))


def _keep(moving: Import, files: list[UploadedFile[Any]]) -> None:
    # What lies there is of an import that a restored database knows nothing of.
    shutil.rmtree(moving.folder, ignore_errors=True)
    moving.folder.mkdir(parents=True, mode=0o700)
    names: list[str] = []
    for number, file in enumerate(files):
        name = get_valid_filename(PurePosixPath(file.name or _("file")).name)[-120:]
        name = f"{number}-{name}" if name in names else name
        with (moving.folder / name).open("wb") as kept:
            for chunk in file.chunks():
                kept.write(chunk)
        names.append(name)
    moving.files = names
    moving.save(update_fields=["files"])
