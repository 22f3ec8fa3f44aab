import logging

from anymail.exceptions import AnymailConfigurationError, AnymailWebhookValidationFailure
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from broadsheet.delivery.arriving import NotNow
from broadsheet.delivery.provider.arriving import Unreadable
from broadsheet.platform.http.refusals import refuse

logger = logging.getLogger(__name__)


@csrf_exempt
@require_http_methods(["POST", "HEAD"])
def webhook(request: HttpRequest, provider: str) -> HttpResponseBase:
    """What the provider tells of messages afterwards: believed where it proves that it is the provider."""
    return _by_provider(request, provider, "Tracking")


@csrf_exempt
@require_http_methods(["POST", "HEAD"])
def arriving(request: HttpRequest, provider: str) -> HttpResponseBase:
    """A mail that the provider has taken in for us. Where we can’t have it now, it is to try again."""
    provider_in_use = settings.MAIL_PROVIDER
    if provider_in_use is None or not provider_in_use.service.hands_over_mail:
        raise Http404
    try:
        return _by_provider(request, provider, "Inbound")
    except NotNow as error:
        return refuse(request, 503, str(error))
    except Unreadable as error:
        return _refused(request, str(error), status=400)


def _by_provider(request: HttpRequest, provider: str, what: str) -> HttpResponseBase:
    provider_in_use = settings.MAIL_PROVIDER
    if provider_in_use is None or provider != provider_in_use.service.module:
        raise Http404
    if not settings.INTAKE_SECRET:
        return _refused(request, _("INTAKE_SECRET is not set, so that nothing can be verified."))
    view = import_string(f"anymail.webhooks.{provider}.{provider_in_use.service.name}{what}WebhookView")
    try:
        return view.as_view()(request)
    except AnymailWebhookValidationFailure as error:
        return _refused(request, str(error))
    except AnymailConfigurationError as error:
        # What is posted to one address belongs to the other.
        return _refused(request, str(error), status=400)


def _refused(request: HttpRequest, reason: str, status: int = 403) -> HttpResponse:
    logger.warning("A webhook of a mail provider was refused: %s", reason)
    return refuse(request, status, reason)
