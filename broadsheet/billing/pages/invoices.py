"""A reader's own invoices as PDF."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from broadsheet.billing.documents import pdf_of
from broadsheet.billing.models import Invoice
from broadsheet.people.current import own_or_404, person_of
from broadsheet.platform.http.robots import unlisted


def own_invoice(request: HttpRequest, number: str) -> Invoice:
    """Raises NotTheirsError where it is somebody else's."""
    own = Invoice.objects.filter(person=person_of(request)).select_related("subscription__price__plan")
    found: Invoice = own_or_404(own, number=number)
    return found


@require_safe
@never_cache
@login_required
def pdf(request: HttpRequest, number: str) -> HttpResponse:
    invoice = own_invoice(request, number)
    response = HttpResponse(pdf_of(invoice), content_type="application/pdf")
    response.headers["Content-Disposition"] = f'inline; filename="{invoice.number}.pdf"'
    return unlisted(response)
