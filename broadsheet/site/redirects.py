from django.http import HttpRequest, HttpResponse
from wagtail.contrib.redirects import middleware
from wagtail.contrib.redirects.models import Redirect

from broadsheet.platform.http.redirects import with_query


class RedirectMiddleware(middleware.RedirectMiddleware):
    """Wagtail's, which drops what stands behind the question mark."""

    def process_response(self, request: HttpRequest, response: HttpResponse) -> HttpResponse:
        answer: HttpResponse = super().process_response(request, response)
        if answer is not response:
            whole = Redirect.normalise_path(request.get_full_path(), decode_unicode=False)
            # An old address may have a query of its own, which has led here and is done with.
            if "?" not in whole or not middleware.get_redirect(request, whole):
                answer.headers["Location"] = with_query(answer.headers["Location"], request)
        return answer
