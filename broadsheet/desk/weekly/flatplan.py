"""The issue as pages in spreads, so that an editor sees what stands where, and what it lacks."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy

from broadsheet.desk.weekly.access import WeeklyIssuePage
from broadsheet.editorial.media.renditions import address
from broadsheet.editorial.models import Publication
from broadsheet.weekly.content import Length
from broadsheet.weekly.flatplan import flatplan
from broadsheet.weekly.laid_out import LaidOut, lay_out


def give_thumbnails(laid: LaidOut) -> None:
    """Gives each lead picture the address of its `thumbnail`."""
    for one in laid.items:
        if picture := one.picture:
            picture.thumbnail = address(picture, "landscape", 320, "webp")


class FlatplanView(WeeklyIssuePage):
    template_name = "desk/weekly/flatplan.html"
    page_title = gettext_lazy("Flatplan")
    tab = "flatplan"

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        return self.render_to_response(self.get_context_data())

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        laid = lay_out(self.issue)
        give_thumbnails(laid)
        items = laid.items
        cover = self.issue.cover
        return super().get_context_data(**kwargs) | {
            "plan": flatplan(laid),
            "pages": self.issue.files.pages_on_paper() if self.issue.published_at else 0,
            "departments": laid.departments,
            "cover": address(cover, "portrait", 480, "webp") if cover else "",
            "magazine": Publication.load().name,
            "articles": len(items),
            "all_words": sum(one.shape.words for one in items),
            "without": [one for one in items if one.picture is None and one.item.length != Length.STANDFIRST],
        }
