"""A letter as its writer sees it: they agree to what was edited, ask for a change, or withdraw it."""

from http import HTTPStatus
from typing import Any

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from broadsheet.editorial.letters.form import without_turns
from broadsheet.editorial.letters.links import letter_of
from broadsheet.editorial.models import LetterToEditor, NotNow, Proof
from broadsheet.platform.http.origin import same_origin_only
from broadsheet.platform.http.redirects import see_other
from broadsheet.platform.http.robots import confidential
from broadsheet.platform.strangers_form import MessageField


class ChangeForm(forms.Form):
    words = MessageField(
        label=_("What should be different?"),
        max_length=2_000,
        widget=forms.Textarea(attrs={"rows": 5, "dir": "auto"}),
        error_messages={"required": _("Say what should be different.")},
    )

    def clean_words(self) -> str:
        return without_turns(self.cleaned_data["words"].strip())


@require_http_methods(["GET", "HEAD", "POST"])
@same_origin_only()
def own_letter(request: HttpRequest, token: str) -> HttpResponse:
    """Nothing happens by a GET: mail scanners open links, too."""
    letter = letter_of(token)
    if letter is None:
        raise Http404
    if request.method != "POST":
        return _page(request, letter)
    form = ChangeForm(request.POST)
    try:
        if not _answer(request, letter, form):
            return _page(request, letter, HTTPStatus.BAD_REQUEST, form=form)
    except NotNow as refused:
        letter.refresh_from_db()
        return _page(request, letter, HTTPStatus.CONFLICT, fault=" ".join(refused.messages), form=form)
    return confidential(see_other(request.path))


def _answer(request: HttpRequest, letter: LetterToEditor, form: ChangeForm) -> bool:
    """Carries out what the button says; False where the form lacks something. Raises NotNow."""
    number = request.POST.get("proof", "")
    known = number.isascii() and number.isdecimal() and len(number) < 19
    proof = Proof.objects.filter(letter=letter, pk=int(number)).first() if known else None
    match request.POST.get("act"):
        case "agree" if proof:
            letter.agree(proof)
        case "change":
            if not form.is_valid():
                return False
            letter.ask_for_change(form.cleaned_data["words"], proof)
        case "withdraw":
            letter.withdraw()
        case _:
            return False
    return True


def _page(
    request: HttpRequest, letter: LetterToEditor, status: HTTPStatus = HTTPStatus.OK, **more: Any
) -> HttpResponse:
    context = {"letter": letter, "proof": letter.open_proof, "form": ChangeForm(), **more}
    return confidential(render(request, "editorial/letters/own.html", context, status=status))
