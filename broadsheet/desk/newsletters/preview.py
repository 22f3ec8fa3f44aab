"""An issue as its readers will see it, and a letter of it to oneself."""

from typing import Any, cast

from bs4 import BeautifulSoup
from django.core.exceptions import PermissionDenied
from django.core.mail import EmailMultiAlternatives
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST
from limits import RateLimitItemPerSecond
from wagtail.admin import messages

from broadsheet.delivery.message import place_of_token
from broadsheet.desk.newsletters.access import IssuePage, may_edit_issues
from broadsheet.newsletters.letter.composing import letter_of, sender_of
from broadsheet.newsletters.letter.rendering import Rendered, in_the_dark
from broadsheet.newsletters.letter.tokens import names_for
from broadsheet.newsletters.models import Issue, Variant
from broadsheet.people.models import Person
from broadsheet.people.ratelimit import limiter

FORMS = {
    "desktop": gettext_lazy("Desktop"),
    "phone": gettext_lazy("Phone"),
    "dark": gettext_lazy("Dark"),
    "plain": gettext_lazy("Pictures off"),
    "text": gettext_lazy("Text"),
}
TESTS = RateLimitItemPerSecond(10, 600)
"""Letters to oneself: so many in ten minutes."""


def variant_in(request: HttpRequest) -> str:
    asked = request.GET.get("subject", "")
    return asked if asked in Variant.values else ""


class PreviewView(IssuePage):
    template_name = "desk/newsletters/preview.html"
    page_title = gettext_lazy("Preview")
    header_icon = "view"

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        return self.render_to_response(self.get_context_data())

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        asked = self.request.GET.get("form", "")
        form = asked if asked in FORMS else "desktop"
        variant = variant_in(self.request)
        letter = letter_of(self.issue, variant)
        return super().get_context_data(**kwargs) | {
            "form": form,
            "forms": FORMS.items(),
            "variant": variant,
            "letter": letter,
            "kilobytes": f"{letter.size / 1024:.0f}",
            "sender": sender_of(self.issue),
        }


class LetterView(IssuePage):
    """The letter alone, for the frame in which no script runs."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        letter = filled(self.issue, letter_of(self.issue, variant_in(request)))
        html = letter.html
        if request.GET.get("form") == "dark":
            html = in_the_dark(html)
        elif request.GET.get("form") == "plain":
            html = without_pictures(html)
        return HttpResponse(html)


def without_pictures(html: str) -> str:
    soup = BeautifulSoup(html, "html.parser")
    for picture in soup.find_all("img"):
        del picture["src"]
    return str(soup)


def filled(issue: Issue, letter: Rendered) -> Rendered:
    """With a word in the place of each token: links of nobody, which open nothing."""
    html, text = letter.html, letter.text
    for name in names_for(issue):
        html, text = (part.replace(place_of_token(name), "test") for part in (html, text))
    return Rendered(letter.subject, html, text)


@require_POST
def send_test(request: HttpRequest, pk: int) -> HttpResponse:
    if not may_edit_issues(request.user):
        raise PermissionDenied
    person = cast(Person, request.user)
    issue = get_object_or_404(Issue.objects.select_related("newsletter"), pk=pk)
    if not limiter.hit(TESTS, "newsletter_test", str(person.pk)):
        messages.warning(request, _("Too many test letters at once. Wait a few minutes."))
    else:
        try:
            test_letter(issue, variant_in(request), person.email).send()
        except OSError:
            messages.error(request, _("The letter couldn’t be handed to a mail server. Try again later."))
        else:
            messages.success(request, _("A letter is on its way to %s.") % person.email)
    return redirect("issues:preview", pk)


def test_letter(issue: Issue, variant: str, to: str) -> EmailMultiAlternatives:
    letter = filled(issue, letter_of(issue, variant))
    message = EmailMultiAlternatives(
        _("[Test] %s") % letter.subject, letter.text, str(sender_of(issue)), [to]
    )
    message.attach_alternative(letter.html, "text/html")
    return message
