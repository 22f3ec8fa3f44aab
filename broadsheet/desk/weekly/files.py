"""The files of an issue at the desk: how far they are, what went wrong, and one made again."""

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST
from wagtail.admin import messages
from wagtail.log_actions import log

from broadsheet.desk.audit import name_in_log
from broadsheet.desk.weekly.access import may_edit_weekly
from broadsheet.weekly.models import IssueFile, State


@require_POST
def make_again(request: HttpRequest, pk: int, kind: str) -> HttpResponse:
    if not may_edit_weekly(request.user):
        raise PermissionDenied
    row = get_object_or_404(IssueFile.objects.select_related("issue"), issue=pk, kind=kind)
    back = redirect(f"{reverse('weekly:issue', args=[pk])}#files")
    if row.issue.state != State.PUBLISHED or row.maker is None:
        messages.error(request, _("Only the files of a published issue are made."))
        return back
    row.make_again()
    data = {"why": "", "what": str(row.maker.name)}
    log(row.issue, "weekly.make_file", user=request.user, data=data, title=name_in_log(row.issue))
    messages.success(request, _("It is being made. Until then, readers get the file that there was."))
    return back
