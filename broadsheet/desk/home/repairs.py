from collections import defaultdict
from datetime import timedelta

from django.db.models import Q
from django.template.defaultfilters import filesizeformat
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from broadsheet.billing.models import Difference
from broadsheet.desk.home.newsroom import may_write
from broadsheet.desk.home.rows import SHOWN, Columns, Panel, Row, editor_of, place_of, placed
from broadsheet.desk.mail.access import may_see_sends
from broadsheet.desk.mail.sends import stuck_letters
from broadsheet.desk.newsroom.evidence.dead_sources import may_mend_sources
from broadsheet.desk.newsroom.pictures import may_mend_pictures
from broadsheet.desk.weekly.access import may_edit_weekly
from broadsheet.editorial.models import Article, Narration, Picture
from broadsheet.evidence.models import Citation, Source
from broadsheet.platform import clock
from broadsheet.weekly.models import IssueFile, State

LOOKED_BACK = timedelta(days=7)


class Repairs(Panel):
    """Differences with Stripe, pictures without a credit, audio versions, files of issues, letters that are
    stuck, dead links of sources, and sources without a link in the week's articles."""

    name = "repairs"
    heading = gettext_lazy("To repair")
    order = 160
    columns = Columns(gettext_lazy("What"))

    def rows(self) -> list[Row]:
        return [
            *self._differences(),
            *self._pictures(),
            *self._sounds(),
            *self._issue_files(),
            *self._letters(),
            *self._dead_links(),
            *self._sources(),
        ]

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

    def _sounds(self) -> list[Row]:
        """Where an audio version could not be made, or is older than its article."""
        if not may_write(self.user):
            return []
        rows = Narration.objects.filter(Q(state=Narration.State.FAILED) | Q(is_outdated=True))
        found = {row.article_id: row for row in rows.filter(article__live=True).order_by("-pk")[:SHOWN]}
        articles = placed(Article.objects.filter(pk__in=found).defer("body").order_by("-pk"))
        return [
            Row(
                article.title,
                reverse("desk_audio", args=[article.pk]),
                place=place_of(article),
                note=found[article.pk].get_fault_display() or _("The audio version is older than the text."),
            )
            for article in articles
            if article.permissions_for_user(self.user).can_publish()
        ]

    def _issue_files(self) -> list[Row]:
        """Files of weekly issues that could not be made, or are larger than they should be."""
        if not may_edit_weekly(self.user):
            return []
        since = clock.now() - LOOKED_BACK
        recent = IssueFile.objects.filter(issue__published_at__gt=since, issue__state=State.PUBLISHED)
        found = (IssueFile.objects.failed() | recent.too_heavy()).select_related("issue")[:SHOWN]
        return [
            Row(
                f"{row.issue.title}: {row.maker.name if row.maker else row.kind}",
                f"{reverse('weekly:issue', args=[row.issue_id])}#files",
                note=row.fault or _("It is larger than it should be: %s.") % filesizeformat(row.size),
            )
            for row in found
        ]

    def _letters(self) -> list[Row]:
        if not may_see_sends(self.user) or not (count := stuck_letters().count()):
            return []
        said = ngettext("%d letter is stuck", "%d letters are stuck", count) % count
        return [Row(said, reverse("sends:index"), is_urgent=True, status=_("not sent"))]

    def _dead_links(self) -> list[Row]:
        if not may_mend_sources(self.user) or not (count := Source.objects.dead().count()):
            return []
        said = ngettext("%d source whose link is dead", "%d sources whose links are dead", count) % count
        return [Row(said, reverse("dead_sources"))]

    def _sources(self) -> list[Row]:
        if not may_write(self.user):
            return []
        recent = Article.objects.live().originals().filter(first_published_at__gte=clock.now() - LOOKED_BACK)
        without = Citation.objects.filter(page__in=recent.values("pk"), source__link="")
        without = without.exclude(source__kind=Source.Kind.HEARD).select_related("source")
        unlinked: dict[int, list[str]] = defaultdict(list)
        for citation in without.order_by("page", "position"):
            unlinked[citation.page_id].append(str(citation.source))
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
