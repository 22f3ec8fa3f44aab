"""Taking one's data away, in either sense."""

from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_safe

from broadsheet.people import letters
from broadsheet.people.account import everything_about, lost_with
from broadsheet.people.confirmation import for_confirmed_person
from broadsheet.people.current import person_of
from broadsheet.people.forms import EraseForm


@require_safe
@for_confirmed_person
def export(request: HttpRequest) -> HttpResponse:
    response = JsonResponse(everything_about(person_of(request)), json_dumps_params={"indent": 2})
    response.headers["Content-Disposition"] = 'attachment; filename="my-data.json"'
    return response


@require_http_methods(["GET", "POST"])
@for_confirmed_person
def erase(request: HttpRequest) -> HttpResponse:
    person = person_of(request)
    if person.is_staff:
        # Their name stands in articles' histories; who leaves the staff first loses the role.
        return render(request, "people/account/erase_staff.html", status=403)
    form = EraseForm(request.POST or None, person=person)
    if request.method == "POST" and form.is_valid():
        email = person.email
        logout(request)
        person.erase()
        letters.post_notice(request, email, gettext("Your account and everything in it have been erased."))
        return render(request, "people/account/erased.html")
    context = {"form": form, "losses": lost_with(person)}
    return render(request, "people/account/erase.html", context, status=400 if form.is_bound else 200)
