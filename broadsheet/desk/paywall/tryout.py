"""“Which rule decides for this article?”: an article, a kind of visitor, the verdict and its reason."""

import re
from datetime import UTC, datetime
from typing import Any

from django import forms
from django.core.exceptions import PermissionDenied
from django.core.validators import MaxValueValidator, MinValueValidator
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.urls import path, reverse
from django.utils import translation
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from django.views.generic import TemplateView
from wagtail.admin.menu import MenuItem
from wagtail.admin.views.generic import WagtailAdminTemplateMixin
from wagtail.admin.viewsets.base import ViewSet
from wagtail.admin.widgets import AdminDateTimeInput, AdminPageChooser

from broadsheet.desk.newsroom.places import EditionField
from broadsheet.editorial.models import Article, Edition, Publication, Section
from broadsheet.paywall.access import Ruling
from broadsheet.paywall.examples import Example, Persona, examples_of
from broadsheet.paywall.models import AccessRule, Variant
from broadsheet.platform import clock

EARLIEST, LATEST = datetime(1900, 1, 1, tzinfo=UTC), datetime(2200, 1, 1, tzinfo=UTC)


def may_try_out(user: Any) -> bool:
    return bool(user.has_perm("paywall.view_accessrule"))


def address_of_ruling(by: Ruling, user: Any) -> str:
    """The address where the deciding rule can be changed; empty for people who may not change it."""
    match by.by:
        case AccessRule() if user.has_perm("paywall.change_accessrule"):
            return reverse("access-rules:edit", args=[by.by.pk])
        case Article() | Section() if by.by.permissions_for_user(user).can_edit():
            return reverse("wagtailadmin_pages:edit", args=[by.by.pk])
        case Publication() if user.has_perm("editorial.change_publication"):
            return reverse("wagtailsettings:edit", args=["editorial", "publication"])
    return ""


class VariantField(forms.ModelChoiceField):  # type: ignore[type-arg]
    def label_from_instance(self, variant: Any) -> str:
        return f"{variant.experiment}: {variant}"


class TryoutForm(forms.Form):
    article = forms.ModelChoiceField(
        label=_("Article"), queryset=Article.objects.all(), widget=AdminPageChooser(target_models=[Article])
    )
    visitor = forms.ChoiceField(label=_("Visitor"), choices=Persona.choices)
    opened = forms.IntegerField(
        label=_("Articles opened in this period"),
        min_value=0,
        max_value=1000,
        required=False,
        help_text=_("Of a registered reader. Empty: none."),
    )
    edition = EditionField(label=_("In the edition"), required=False, empty_label=_("The article’s own"))
    at = forms.DateTimeField(
        label=_("As of"),
        required=False,
        widget=AdminDateTimeInput,
        validators=[MinValueValidator(EARLIEST), MaxValueValidator(LATEST)],
        help_text=_("Empty: now. Rules by age decide otherwise later."),
    )
    variant = VariantField(
        label=_("Variant of an experiment"),
        queryset=Variant.objects.none(),
        required=False,
        empty_label=_("None of them"),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        running = Variant.objects.running().order_by("experiment_id", "sort_order", "pk")
        self.fields["variant"].queryset = running  # type: ignore[attr-defined]
        if not running:
            del self.fields["variant"]


class TryoutView(WagtailAdminTemplateMixin, TemplateView):
    """Changes nothing: the form is sent by GET, so that each answer has an address."""

    template_name = "desk/paywall/tryout.html"
    page_title = _("Which rule decides?")
    header_icon = "help"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        if not may_try_out(request.user):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        return [*self.breadcrumbs_items, {"url": "", "label": self.page_title}]

    @cached_property
    def form(self) -> TryoutForm:
        if "article" not in self.request.GET:
            return TryoutForm()
        asked = {"visitor": Persona.NEW} | self.request.GET.dict()
        # The address holds a number that no article has; the chooser could not even show it.
        rows = ("article", "edition", "variant")
        unfit = [name for name in rows if not re.fullmatch(r"\d{0,18}", str(asked.get(name, "")), re.ASCII)]
        return TryoutForm(asked | dict.fromkeys(unfit, ""))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs) | {"form": self.form}
        if self.form.is_bound and self.form.is_valid():
            context |= self._answer(**self.form.cleaned_data)
        return context

    def _answer(
        self,
        article: Article,
        visitor: str,
        opened: int | None,
        edition: Edition | None,
        at: Any,
        variant: Variant | None = None,
    ) -> dict[str, Any]:
        edition = edition or article.edition
        tag, moment = edition.locale.language_code, at or clock.now()
        if variant and variant.experiment.edition not in {None, edition}:
            variant = None
        examples = examples_of(article, tag, moment, opened=opened or 0, variant=variant)
        chosen = next(example for example in examples if example.persona == visitor)
        return {
            "article": article,
            "edition": edition,
            "examples": examples,
            "chosen": chosen,
            "ruling_address": address_of_ruling(chosen.ruling, self.request.user),
            "preview": self._preview(article, edition, chosen, variant),
        }

    def _preview(self, article: Article, edition: Edition, chosen: Example, variant: Variant | None) -> str:
        """The wall as this visitor would see it, as a page of its own; empty where the article opens."""
        tag = edition.locale.language_code
        publication = Publication.load(request_or_site=self.request)
        with translation.override(tag):
            wall = chosen.wall(publication.name, tag, variant)
            if wall is None:
                return ""
            context = {"wall": wall, "article": article, "edition": edition, "contact": "#"}
            return render_to_string("desk/paywall/wall_preview.html", context, request=self.request)


class TryoutMenuItem(MenuItem):
    def is_shown(self, request: Any) -> bool:
        return may_try_out(request.user)


class TryoutViewSet(ViewSet):
    name = "tryout"
    icon = "help"
    menu_label = _("Which rule decides?")
    menu_item_class = TryoutMenuItem

    def get_urlpatterns(self) -> list[Any]:
        return [path("", TryoutView.as_view(), name="index")]
