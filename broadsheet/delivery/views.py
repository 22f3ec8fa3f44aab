import logging

from anymail.exceptions import AnymailWebhookValidationFailure
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from broadsheet.platform.http.refusals import refuse

logger = logging.getLogger(__name__)


@csrf_exempt
@require_http_methods(["POST", "HEAD"])
def webhook(request: HttpRequest, provider: str) -> HttpResponseBase:
    """What the provider tells of messages afterwards: believed where it proves that it is the provider."""
    provider_in_use = settings.MAIL_PROVIDER
    if provider_in_use is None or provider != provider_in_use.service.module:
        raise Http404
    if not settings.INTAKE_SECRET:
        return _refused(request, _("INTAKE_SECRET is not set, so that nothing can be verified."))
    view = import_string(f"anymail.webhooks.{provider}.{provider_in_use.service.name}TrackingWebhookView")
    try:
        return view.as_view()(request)
    except AnymailWebhookValidationFailure as error:
        return _refused(request, str(error))


def _refused(request: HttpRequest, reason: str) -> HttpResponse:
    logger.warning("A webhook of a mail provider was refused: %s", reason)
    return refuse(request, 403, reason)
