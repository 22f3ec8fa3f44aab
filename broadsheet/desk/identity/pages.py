from typing import Any, cast

from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST
from django.views.generic import TemplateView
from wagtail.admin import messages
from wagtail.admin.views.generic import WagtailAdminTemplateMixin
from wagtail.log_actions import log

from broadsheet.desk.audit import name_in_log
from broadsheet.desk.identity.form import IdentityForm
from broadsheet.desk.identity.preview import PAGES, SCHEMES, WIDTHS
from broadsheet.desk.identity.scope import Scope, require
from broadsheet.identity.choices import PAIRINGS
from broadsheet.identity.models import Identity, IdentityChanged
from broadsheet.people.models import Person
from broadsheet.platform.http.redirects import see_other

FORMER = 12
"""So many are listed."""


class IdentityPage(WagtailAdminTemplateMixin, TemplateView):
    page_title: Any = gettext_lazy("Identity")
    header_icon = "view"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        require(request.user)
        self.scope = Scope(kwargs["key"])
        return super().dispatch(request, *args, **kwargs)

    @property
    def staff(self) -> Person:
        return cast(Person, self.request.user)

    def get_page_subtitle(self) -> str:
        return self.scope.name

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        return [
            *self.breadcrumbs_items,
            {"url": "", "label": self.get_page_title(), "sublabel": self.get_page_subtitle()},
        ]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        scopes = Scope.all()
        return super().get_context_data(**kwargs) | {
            "scope": self.scope,
            "scopes": scopes if len(scopes) > 1 else [],
            "current": self.scope.current,
        }


class EditView(IdentityPage):
    """The draft of whoever looks. Others have their own, and none is seen by readers."""

    template_name = "desk/identity/edit.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return self._shown(IdentityForm(instance=Identity.draft(self.staff, self.scope.locale)))

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        draft = Identity.draft(self.staff, self.scope.locale)
        form = IdentityForm(request.POST, request.FILES, instance=draft)
        if not form.is_valid():
            messages.error(request, _("The draft was not saved. Please look at what is marked below."))
            return self._shown(form)
        try:
            with transaction.atomic():
                draft.keep_draft()
        except IntegrityError:  # sent twice at once: the first has made the draft
            pass
        return see_other(reverse("identity:preview", args=[self.scope.key]))

    def _shown(self, form: IdentityForm) -> HttpResponse:
        former = Identity.objects.in_scope(self.scope.locale).applied()
        context = self.get_context_data(
            form=form,
            draft=form.instance,
            media=form.media,
            pairings=PAIRINGS.values(),
            former=former.select_related("applied_by")[:FORMER],
        )
        return self.render_to_response(context)


class PreviewView(IdentityPage):
    template_name = "desk/identity/preview.html"
    page_title = gettext_lazy("Preview")

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        edit = reverse("identity:edit", args=[self.scope.key])
        return [
            *self.breadcrumbs_items,
            {"url": edit, "label": _("Identity"), "sublabel": self.scope.name},
            {"url": "", "label": self.page_title},
        ]

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        draft = Identity.objects.draft_of(self.staff, self.scope.locale)
        if draft is None:  # applied or dropped meanwhile: the back button
            return see_other(reverse("identity:edit", args=[self.scope.key]))
        chosen = {
            "page": _one_of(PAGES, request.GET.get("page")),
            "width": _one_of(WIDTHS, request.GET.get("width")),
            "scheme": _one_of(SCHEMES, request.GET.get("scheme")),
        }
        newest = Identity.objects.in_scope(self.scope.locale).applied().first()
        context = self.get_context_data(
            draft=draft,
            chosen=chosen,
            ways=[
                (gettext_lazy("Page"), "page", PAGES.items()),
                (gettext_lazy("Screen"), "width", WIDTHS.items()),
                (gettext_lazy("Light or dark"), "scheme", SCHEMES.items()),
            ],
            newest=newest,
            over=newest.pk if newest else 0,
            is_overtaken=draft.is_overtaken,
        )
        return self.render_to_response(context)


def _one_of(choices: dict[str, Any], asked: str | None) -> str:
    return asked if asked in choices else next(iter(choices))


@require_POST
@transaction.atomic
def apply(request: HttpRequest, key: str) -> HttpResponse:
    """Shows the draft to everybody, if it stands over what the page that was looked at said."""
    require(request.user)
    scope, staff = Scope(key), cast(Person, request.user)
    # Pressed twice at once, the second waits and finds no draft.
    draft = Identity.objects.select_for_update().draft_of(staff, scope.locale)
    if draft is None:
        messages.warning(request, _("There is no draft to apply any more: it has been applied or dropped."))
        return see_other(reverse("identity:edit", args=[key]))
    newest = Identity.objects.in_scope(scope.locale).applied().first()
    if draft.is_overtaken and request.POST.get("over") == str(newest.pk if newest else 0):
        draft.over = newest  # the page said so, and they want it all the same
    try:
        draft.apply(staff)
    except IdentityChanged:
        messages.error(
            request,
            _(
                "Somebody else has applied another identity meanwhile. Look at yours again before you"
                " apply it."
            ),
        )
        return see_other(reverse("identity:preview", args=[key]))
    log(draft, "identity.apply", user=staff, title=name_in_log(draft), data={"what": scope.name})
    messages.success(request, _("It is applied. Readers see it within a second."))
    return see_other(reverse("identity:edit", args=[key]))


@require_POST
def drop(request: HttpRequest, key: str) -> HttpResponse:
    require(request.user)
    scope = Scope(key)
    if draft := Identity.objects.draft_of(cast(Person, request.user), scope.locale):
        draft.delete()
        messages.success(request, _("Your draft is dropped. Nothing has changed for readers."))
    return see_other(reverse("identity:edit", args=[key]))


@require_POST
def bring_back(request: HttpRequest, key: str, pk: int) -> HttpResponse:
    """Makes a former identity the draft, to be looked at and applied as any other."""
    require(request.user)
    scope, staff = Scope(key), cast(Person, request.user)
    former = get_object_or_404(Identity.objects.in_scope(scope.locale).applied(), pk=pk)
    try:
        with transaction.atomic():
            Identity.objects.filter(made_by=staff, edition=scope.locale, applied_at=None).delete()
            draft = Identity.like(former, staff, scope.locale)
            draft.name, draft.motto = former.name, former.motto
            draft.share_picture_id = former.share_picture_id
            draft.keep_draft()
    except IntegrityError:  # sent twice at once: the first has made the draft
        pass
    return see_other(reverse("identity:preview", args=[key]))


@require_POST
def follow(request: HttpRequest, key: str) -> HttpResponse:
    """An edition looks as all others do from now on."""
    require(request.user)
    scope, staff = Scope(key), cast(Person, request.user)
    if scope.locale and scope.current:
        row = Identity.follow(scope.locale, staff)
        log(row, "identity.follow", user=staff, title=name_in_log(row), data={"what": scope.name})
        messages.success(request, _("The edition looks as all others do."))
    return see_other(reverse("identity:edit", args=[key]))
