"""Letters to the editor at the desk: chosen, edited with their writers, published, declined."""

from django.contrib.auth.models import Permission
from django.db.models import QuerySet
from wagtail import hooks
from wagtail.admin.viewsets.base import ViewSet

from broadsheet.desk.letters.letters import LettersViewSet


@hooks.register("register_admin_viewset")
def register_letters() -> ViewSet:
    return LettersViewSet()


@hooks.register("register_permissions")
def register_permissions() -> QuerySet[Permission]:
    """The permissions that can be given to a group in the desk."""
    return Permission.objects.filter(
        content_type__app_label="editorial",
        content_type__model="lettertoeditor",
        codename__in=("view_lettertoeditor", "change_lettertoeditor"),
    )
