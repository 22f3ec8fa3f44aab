"""An article's audio version: upload it, have it made, take it off; and how far it is, beside the article."""

from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST
from django.views.generic import FormView, TemplateView
from wagtail import hooks
from wagtail.admin import messages
from wagtail.admin.ui.side_panels import BaseSidePanel
from wagtail.admin.widgets.button import Button
from wagtail.log_actions import log
from wagtail.models import Page

from broadsheet.desk.newsroom.about_article import AboutArticleMixin
from broadsheet.editorial.models import Article, Narration, Voice
from broadsheet.editorial.narration.files import read_upload
from broadsheet.editorial.narration.sound import NotSoundError

MOST_BYTES = 100 * 1024 * 1024


def published_article(request: HttpRequest, article_id: int) -> Article:
    """The article, for people who may publish it. A shared copy has its original's sound."""
    article: Article = get_object_or_404(Article, pk=article_id, alias_of=None, live=True)
    if not article.permissions_for_user(request.user).can_publish():
        raise PermissionDenied
    return article


def narration_of(article: Article) -> Narration | None:
    found: Narration | None = Narration.objects.filter(article_id=article.pk).select_related("by").first()
    return found


class UploadForm(forms.Form):
    file = forms.FileField(
        label=gettext_lazy("Sound file"),
        help_text=gettext_lazy("MP3 or M4A, 100 MB at most. Only the sound of it is kept."),
        widget=forms.FileInput(attrs={"accept": ".mp3,.m4a,audio/mpeg,audio/mp4"}),
    )
    voice = forms.ChoiceField(
        label=gettext_lazy("Who reads"), choices=Voice.choices, initial=Voice.PERSON, widget=forms.RadioSelect
    )
    reader = forms.CharField(
        label=gettext_lazy("Name of the reader"),
        max_length=80,
        required=False,
        help_text=gettext_lazy("Where it is a person, and shall be named."),
    )

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file.size > MOST_BYTES:
            raise ValidationError(_("This file is larger than 100 MB."))
        try:
            return read_upload(file.read())
        except NotSoundError as error:
            raise ValidationError(
                _("This is no MP3 or M4A that can be played, or it holds more than sound, such as chapters.")
            ) from error


class AudioView(AboutArticleMixin, FormView[UploadForm]):
    template_name = "desk/newsroom/audio.html"
    page_title = gettext_lazy("Audio version")
    header_icon = "media"
    form_class = UploadForm

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        self.article = published_article(request, kwargs["article_id"])
        return super().dispatch(request, *args, **kwargs)

    def form_valid(self, form: UploadForm) -> HttpResponse:
        typed = form.cleaned_data
        reader = typed["reader"].strip() if typed["voice"] == Voice.PERSON else ""
        Narration.objects.upload(self.article, typed["file"], typed["voice"], reader, self.request.user)
        log(self.article, "audio.upload", user=self.request.user)
        messages.success(self.request, _("The audio version is on the article’s page."))
        return redirect(self.request.path)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)
        narration = narration_of(self.article)
        return context | standing_of(self.article, narration) | {"has_program": bool(settings.SPEECH_COMMAND)}


def standing_of(article: Article, narration: Narration | None) -> dict[str, Any]:
    """What is said of it, in the editor and on its own page."""
    is_ready = narration is not None and narration.is_ready
    return {
        "article": article,
        "narration": narration,
        "sound": narration.address_for(article) if narration and is_ready else "",
        "read_by": narration.read_by if narration and is_ready else "",
    }


@require_POST
def make(request: HttpRequest, article_id: int) -> HttpResponse:
    article = published_article(request, article_id)
    Narration.objects.ask(article, request.user)
    log(article, "audio.make", user=request.user)
    messages.success(request, _("The audio version is being made. It comes onto the page by itself."))
    return redirect("desk_audio", article_id)


class TakeOffView(AboutArticleMixin, TemplateView):
    """It is asked first: a file that was uploaded can't be brought back."""

    template_name = "desk/newsroom/audio_take_off.html"
    page_title = gettext_lazy("Take off an audio version")
    header_icon = "media"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        self.article = published_article(request, kwargs["article_id"])
        return super().dispatch(request, *args, **kwargs)

    def on_the_way(self) -> list[dict[str, Any]]:
        return [{"url": reverse("desk_audio", args=[self.article.pk]), "label": _("Audio version")}]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)
        return context | standing_of(self.article, narration_of(self.article))

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if narration := narration_of(self.article):
            narration.delete()
            log(self.article, "audio.take_off", user=request.user)
        messages.success(request, _("The article has no audio version any more."))
        return redirect("desk_audio", self.article.pk)


@hooks.register("register_admin_urls")
def audio_urls() -> list[Any]:
    return [
        path("audio/<int:article_id>/", AudioView.as_view(), name="desk_audio"),
        path("audio/<int:article_id>/make/", make, name="desk_audio_make"),
        path("audio/<int:article_id>/take-off/", TakeOffView.as_view(), name="desk_audio_take_off"),
    ]


@hooks.register("register_page_header_buttons")
def header_button(page: Page, user: Any, view_name: str, next_url: str | None = None) -> list[Button]:
    is_original = page.specific_class is Article and not page.alias_of_id
    if not is_original or not page.live or not page.permissions_for_user(user).can_publish():
        return []
    address = reverse("desk_audio", args=[page.pk])
    return [Button(_("Audio version"), url=address, icon_name="media", priority=43)]


class AudioSidePanel(BaseSidePanel):
    """How far the audio version is, and the way to its page."""

    class SidePanelToggle(BaseSidePanel.SidePanelToggle):
        aria_label = gettext_lazy("Toggle the audio version")
        icon_name = "media"
        has_counter = False

    name = "audio"
    title = gettext_lazy("Audio version")
    template_name = "desk/newsroom/audio_panel.html"
    order = 70

    def get_context_data(self, parent_context: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(parent_context)
        article: Article = self.object
        if article.pk is None or not article.live:
            return context | {"article": article}
        may_publish = article.permissions_for_user(self.request.user).can_publish()
        return context | standing_of(article, narration_of(article)) | {"may_publish": may_publish}
