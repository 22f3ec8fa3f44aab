"""Weekly issues at the desk: made by rule, arranged by hand, looked at as pages, checked, published."""

from django.contrib.auth.models import Permission
from django.db.models import QuerySet
from wagtail import hooks
from wagtail.admin.viewsets.base import ViewSet

from broadsheet.desk.weekly.issues import WeeklyIssueViewSet


@hooks.register("register_admin_viewset")
def register_weekly() -> ViewSet:
    return WeeklyIssueViewSet()


@hooks.register("register_permissions")
def register_permissions() -> QuerySet[Permission]:
    """The permissions that can be given to a group in the desk."""
    return Permission.objects.filter(content_type__app_label="weekly", content_type__model="weeklyissue")
