"""Links that let someone outside read a draft: make one, copy its address, withdraw it."""

from datetime import timedelta
from typing import Any, cast

from django import forms
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST
from django.views.generic import FormView
from wagtail import hooks
from wagtail.admin import messages
from wagtail.admin.widgets.button import Button
from wagtail.log_actions import log
from wagtail.models import Page

from broadsheet.desk.newsroom.about_article import AboutArticleMixin, offer
from broadsheet.editorial.models import Article, PreviewLink
from broadsheet.people.models import Person
from broadsheet.platform import clock

LIFETIMES = (
    (1, gettext_lazy("1 day")),
    (3, gettext_lazy("3 days")),
    (7, gettext_lazy("1 week")),
    (14, gettext_lazy("2 weeks")),
)


def editable_article(request: HttpRequest, article_id: int) -> Article:
    """The article, for people who may edit it. A shared copy has no draft of its own."""
    article: Article = get_object_or_404(Article, pk=article_id, alias_of=None)
    if not article.permissions_for_user(request.user).can_edit():
        raise PermissionDenied
    return article


class PreviewLinkForm(forms.ModelForm[PreviewLink]):
    lasts = forms.TypedChoiceField(label=gettext_lazy("Works for"), choices=LIFETIMES, initial=3, coerce=int)

    class Meta:
        model = PreviewLink
        fields = ("note",)

    def save(self, commit: bool = True) -> PreviewLink:
        self.instance.expires_at = clock.now() + timedelta(days=self.cleaned_data["lasts"])
        return super().save(commit)


class PreviewLinksView(AboutArticleMixin, FormView[PreviewLinkForm]):
    template_name = "desk/newsroom/preview_links.html"
    page_title = gettext_lazy("Preview links")
    header_icon = "link"
    form_class = PreviewLinkForm

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        self.article = editable_article(request, kwargs["article_id"])
        return super().dispatch(request, *args, **kwargs)

    def get_form_kwargs(self) -> dict[str, Any]:
        author = cast(Person, self.request.user)
        link = PreviewLink(article=self.article, created_by=author)
        return super().get_form_kwargs() | {"instance": link}

    def form_valid(self, form: PreviewLinkForm) -> HttpResponse:
        link = form.save()
        log(self.article, "preview.make", user=self.request.user, data={"what": link.note})
        messages.success(self.request, _("The link is made. Copy it from the list."))
        return redirect(self.request.path)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)
        links = self.article.preview_links.select_related("created_by")
        return context | {"article": self.article, "links": links}


@require_POST
def revoke(request: HttpRequest, article_id: int, link_id: int) -> HttpResponse:
    article = editable_article(request, article_id)
    link = get_object_or_404(article.preview_links, pk=link_id)
    if not link.revoked_at:
        log(article, "preview.revoke", user=request.user, data={"what": link.note})
    link.revoke()
    messages.success(request, _("The link is withdrawn: nobody can open it any more."))
    return redirect("desk_preview_links", article_id)


@hooks.register("register_admin_urls")
def preview_link_urls() -> list[Any]:
    return [
        path("preview-links/<int:article_id>/", PreviewLinksView.as_view(), name="desk_preview_links"),
        path("preview-links/<int:article_id>/<int:link_id>/revoke/", revoke, name="desk_preview_link_revoke"),
    ]


def _button(page: Page, user: Any) -> list[Button]:
    if (
        page.specific_class is not Article
        or page.alias_of_id
        or not page.permissions_for_user(user).can_edit()
    ):
        return []
    address = reverse("desk_preview_links", args=[page.pk])
    return [Button(_("Preview links"), url=address, icon_name="link", priority=42)]


offer(_button)
