"""Newsletters as their editors see them: issues and their calendar, segments, labels, and who gets what."""

from django.contrib.auth.models import Permission
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.viewsets.base import ViewSetGroup

from broadsheet.desk.newsletters.issues import IssueViewSet
from broadsheet.desk.newsletters.labels import LabelViewSet
from broadsheet.desk.newsletters.newsletters import NewsletterViewSet
from broadsheet.desk.newsletters.segments import SegmentViewSet
from broadsheet.desk.newsletters.sign_ups import SignUpViewSet

MODELS = ("newsletter", "issue", "segment", "label", "signup")


class NewslettersGroup(ViewSetGroup):
    menu_label = _("Newsletters")
    menu_icon = "list-ul"
    menu_order = 155
    items = (IssueViewSet, NewsletterViewSet, SegmentViewSet, LabelViewSet, SignUpViewSet)


@hooks.register("register_admin_viewset")
def register_newsletters() -> ViewSetGroup:
    return NewslettersGroup()


@hooks.register("register_permissions")
def register_permissions() -> QuerySet[Permission]:
    """The permissions that can be given to a group in the desk."""
    of_newsletters = Permission.objects.filter(content_type__app_label="newsletters")
    return of_newsletters.filter(content_type__model__in=MODELS)
