"""What staff can tell a send to do, each by a POST. What can't be undone asks for confirmation first."""

from typing import Any, cast

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST
from wagtail.admin import messages

from broadsheet.delivery.models import Batch, Recipient, Send
from broadsheet.desk.mail.access import PostPage, may_direct_sends, name_of
from broadsheet.people.models import Person

TOO_LATE = gettext_lazy("Nothing was changed: meanwhile it is %s.")


def _send_to_direct(request: HttpRequest, pk: int) -> Send:
    if not may_direct_sends(request.user):
        raise PermissionDenied
    return get_object_or_404(Send, pk=pk)


def _say(request: HttpRequest, send: Send, came_in_time: bool, said: str) -> None:
    if came_in_time:
        messages.success(request, said)
    else:
        messages.warning(request, TOO_LATE % send.get_state_display())


@require_POST
def hold(request: HttpRequest, pk: int) -> HttpResponse:
    send = _send_to_direct(request, pk)
    held = send.hold(by=name_of(cast(Person, request.user)))
    _say(request, send, held, _("It is on hold. Messages that were just being handed over still go out."))
    return redirect("sends:send", pk)


@require_POST
def resume(request: HttpRequest, pk: int) -> HttpResponse:
    send = _send_to_direct(request, pk)
    _say(request, send, send.resume(by=name_of(cast(Person, request.user))), _("It is no longer on hold."))
    return redirect("sends:send", pk)


class ConfirmView(PostPage):
    """A page that says what will happen, with a button."""

    needs = "delivery.change_send"
    template_name = "desk/mail/ask.html"
    header_icon = "mail"
    button = gettext_lazy("Yes")

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        self.person = cast(Person, request.user)

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        self.send = get_object_or_404(Send, pk=pk)
        return self.render_to_response(self.get_context_data())

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        self.send = get_object_or_404(Send, pk=pk)
        self.carry_out()
        return redirect("sends:send", pk)

    def carry_out(self) -> None:
        raise NotImplementedError

    def consequences(self) -> str:
        raise NotImplementedError

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        return [
            *self.breadcrumbs_items,
            {"url": reverse("sends:index"), "label": _("Sends")},
            {"url": reverse("sends:send", args=[self.send.pk]), "label": str(self.send)},
            {"url": "", "label": self.page_title},
        ]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)
        return context | {
            "send": self.send,
            "consequences": self.consequences(),
            "button": self.button,
        }


class StopView(ConfirmView):
    page_title = gettext_lazy("Stop")
    button = gettext_lazy("Yes, stop it")

    def consequences(self) -> str:
        left = self.send.recipients.unsettled().count()
        said = ngettext("%d reader is still to get it, and won’t.", "%d readers are, and won’t.", left)
        return said % left + " " + _("This can’t be undone. To pause it instead, hold it.")

    def carry_out(self) -> None:
        stopped = self.send.stop(by=name_of(self.person))
        _say(self.request, self.send, stopped, _("It is stopped."))


class SendAgainView(ConfirmView):
    """For all recipients of a send whose outcome is unknown, or for the one that ``?recipient=`` names."""

    page_title = gettext_lazy("Send again")
    button = gettext_lazy("Yes, send it again")

    @property
    def _recipients(self) -> list[int]:
        named = self.request.GET.get("recipient", "")
        if not named:
            return []
        if not (named.isascii() and named.isdecimal() and len(named) < 19):
            raise Http404
        return [int(named)]

    def consequences(self) -> str:
        unknown = self.send.recipients.filter(state=Recipient.State.UNKNOWN)
        count = unknown.filter(pk__in=self._recipients).count() if self._recipients else unknown.count()
        return (
            ngettext(
                "Nobody knows whether %d reader has it. If it reached them, they get it twice.",
                "Nobody knows whether %d readers have it. Those whom it reached get it twice.",
                count,
            )
            % count
        )

    def carry_out(self) -> None:
        count = self.send.send_unknown_again(name_of(self.person), *self._recipients)
        said = ngettext("It is sent to %d reader again.", "It is sent to %d readers again.", count) % count
        _say(self.request, self.send, bool(count), said)


class GiveUpView(ConfirmView):
    page_title = gettext_lazy("Count as unknown")
    button = gettext_lazy("Yes, count them as unknown")

    @property
    def _stuck(self) -> list[Batch]:
        return list(Batch.objects.stuck().filter(send=self.send))

    def consequences(self) -> str:
        return _(
            "Only the machine that was sending these knows who of them has the message. If it can be started"
            " again, do that: it tells. If it is gone, all of them count as unknown, and you decide whether"
            " they are sent it again."
        )

    def carry_out(self) -> None:
        count = sum(batch.give_up() for batch in self._stuck)
        self.send.refresh_from_db()
        said = ngettext("%d reader counts as unknown.", "%d readers count as unknown.", count) % count
        _say(self.request, self.send, bool(count), said)
