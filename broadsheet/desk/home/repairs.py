from datetime import timedelta

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from broadsheet.billing.models import Difference
from broadsheet.desk.home.newsroom import may_write
from broadsheet.desk.home.rows import Columns, Panel, Row, editor_of, place_of, placed
from broadsheet.desk.mail.access import may_see_sends
from broadsheet.desk.mail.sends import stuck_letters
from broadsheet.desk.newsroom.pictures import may_mend_pictures
from broadsheet.editorial.models import Article, Picture
from broadsheet.evidence.unlinked import unlinked_sources
from broadsheet.platform import clock

LOOKED_BACK = timedelta(days=7)
LOOKED_AT = 200
"""Articles whose sources are looked through, at most."""


class Repairs(Panel):
    """Pictures without a credit, sources without a link, letters that are stuck, differences with Stripe."""

    name = "repairs"
    heading = gettext_lazy("To repair")
    order = 160
    columns = Columns(gettext_lazy("What"))

    def rows(self) -> list[Row]:
        return [*self._differences(), *self._pictures(), *self._letters(), *self._sources()]

    def _differences(self) -> list[Row]:
        if not self.user.has_perm("billing.view_difference"):
            return []
        if not (count := Difference.objects.open().count()):
            return []
        said = ngettext("%d difference with Stripe", "%d differences with Stripe", count) % count
        is_disputed = Difference.objects.open().filter(kind=Difference.Kind.DISPUTE).exists()
        status = _("a dispute to answer") if is_disputed else ""
        return [Row(said, reverse("differences:index"), is_urgent=is_disputed, status=status)]

    def _pictures(self) -> list[Row]:
        if not may_mend_pictures(self.user) or not (count := Picture.objects.in_need_of_credit().count()):
            return []
        said = ngettext("%d picture without credit", "%d pictures without credit", count) % count
        return [Row(said, reverse("pictures_without_credit"))]

    def _letters(self) -> list[Row]:
        if not may_see_sends(self.user) or not (count := stuck_letters().count()):
            return []
        said = ngettext("%d letter is stuck", "%d letters are stuck", count) % count
        return [Row(said, reverse("sends:index"), is_urgent=True, status=_("not sent"))]

    def _sources(self) -> list[Row]:
        if not may_write(self.user):
            return []
        recent = Article.objects.live().originals().filter(first_published_at__gte=clock.now() - LOOKED_BACK)
        unlinked = {
            article.pk: names
            for article in recent.order_by("-first_published_at", "-pk").only("body")[:LOOKED_AT]
            if (names := list(dict.fromkeys(unlinked_sources(list(article.body.raw_data)))))
        }
        found = Article.objects.filter(pk__in=unlinked).defer("body")
        return [
            Row(
                article.title,
                editor_of(article),
                place=place_of(article),
                note=_("Sources without a link: %s.") % ", ".join(unlinked[article.pk]),
            )
            for article in placed(found.order_by("-first_published_at", "-pk"))
        ]
