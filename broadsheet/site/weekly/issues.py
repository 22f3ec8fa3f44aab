"""The weekly issues of an edition on the web: all of them by years, and each as a magazine's contents."""

from dataclasses import replace

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from broadsheet.edge.keeping import keep
from broadsheet.edge.tags import lists_tag, weekly_tag
from broadsheet.editorial.context import edition_of
from broadsheet.editorial.models import Publication
from broadsheet.platform.http.caching import for_nobody_else, kept, kept_by_page
from broadsheet.site.discovery.head import Head, card_of, feeds_at, json_ld, list_head
from broadsheet.site.discovery.listings import numbered_page, show_list
from broadsheet.site.reading.visit import Visit
from broadsheet.site.weekly import structured
from broadsheet.site.weekly.offline.right import may_keep
from broadsheet.weekly.amending import of_issue
from broadsheet.weekly.contents import Contents, years_of
from broadsheet.weekly.models import WeeklyIssue

PAGE_LENGTH = 52


@kept_by_page
@require_safe
def issues(request: HttpRequest) -> HttpResponse:
    """Raises Http404 in an edition that has published none."""
    edition = edition_of(request)
    tag = edition.locale.language_code
    found = WeeklyIssue.objects.of(tag).published().newest_first().select_related("cover")
    page = numbered_page(request, found.defer("note", "numbers"), PAGE_LENGTH)
    if not page.object_list:
        raise Http404
    about = _("Every week as a magazine with a cover, contents and an end.")
    publication = Publication.load(request_or_site=request)
    data = json_ld(structured.periodical(publication, edition))
    head = list_head(_("Issues"), about, "/issues/", request, page_obj=page, with_feeds=True, data=data)
    # Each edition has issues of its own, so that no list is another's translation.
    head = replace(head, alternates=[])
    context = {"years": years_of(page.object_list), "page_obj": page}
    response = show_list(request, "site/weekly/issues.html", head, context)
    keep(request, response, weekly_tag(tag))
    return response


@kept
@require_safe
def issue(request: HttpRequest, number: int) -> HttpResponse:
    """One that is not published is shown to whoever works here, and is not there for all others."""
    edition = edition_of(request)
    tag = edition.locale.language_code
    found = get_object_or_404(WeeklyIssue.objects.select_related("cover"), edition=tag, number=number)
    if not found.is_public and not Visit.of(request).works_here:
        raise Http404
    contents = Contents(found)
    published = WeeklyIssue.objects.of(tag).published().defer("note", "numbers")
    older = published.filter(number__lt=number).newest_first().first()
    newer = published.filter(number__gt=number).order_by("number").first()
    publication = Publication.load(request_or_site=request)
    head = Head(
        title=found.title,
        description=" · ".join(found.lines),
        canonical=found.url,
        feeds=feeds_at(reverse("weekly_issues"), _("Issues")),
        card=card_of(found.cover or publication.share_picture),
        previous=newer.url if newer else "",
        next=older.url if older else "",
        noindex=not found.is_public,
        json_ld=json_ld(structured.issue(contents, publication, edition)),
    )
    context = {
        "issue": found,
        "contents": contents,
        "departments": contents.departments,
        "count": len(contents.listed),
        "minutes": sum(one.minutes or 0 for one in contents.listed),
        "amendments": of_issue(found, edition, contents.gone),
        "older": older,
        "newer": newer,
        "may_keep": found.is_public and may_keep(Visit.of(request), contents),
    }
    response = show_list(request, "site/weekly/issue.html", head, context)
    if not found.is_public:
        response.headers["X-Robots-Tag"] = "noindex, nofollow"
        return for_nobody_else(response)
    keep(request, response, weekly_tag(tag), lists_tag(tag))
    return response
