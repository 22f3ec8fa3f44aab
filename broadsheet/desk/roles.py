"""Who works here and what each role may do: five groups, one workflow.

Permissions on pages are given at the root of the tree, so that every edition has them; within the tree,
`broadsheet.editorial.rights` narrows them to the kinds of page named here.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from django.contrib.auth.models import Group, Permission
from django.db import connections, transaction
from django.db.models import Q
from wagtail.models import (
    Collection,
    GroupApprovalTask,
    GroupCollectionPermission,
    GroupPagePermission,
    Page,
    Task,
    Workflow,
    WorkflowPage,
    WorkflowTask,
)

WAGTAILS_GROUPS = ("Moderators", "Editors")
DESK = "The desk"


def all_of(model: str) -> list[str]:
    """Every permission on `model`, an ``app_label.model``."""
    app, _, name = model.partition(".")
    return [f"{app}.{action}_{name}" for action in ("add", "change", "delete", "view")]


def entered_and_seen(model: str) -> list[str]:
    """The permissions for rows that are entered where they are needed, and mended by others."""
    app, _, name = model.partition(".")
    return [f"{app}.add_{name}", f"{app}.view_{name}"]


def seen_and_changed(model: str) -> list[str]:
    """The permissions for rows that nobody adds or deletes by hand."""
    app, _, name = model.partition(".")
    return [f"{app}.view_{name}", f"{app}.change_{name}"]


@dataclass(frozen=True, slots=True)
class Role:
    """`models` and `files` hold ``app_label.codename``; `pages` holds actions on the page tree."""

    name: str
    models: Iterable[str] = ()
    pages: Iterable[str] = ()
    files: Iterable[str] = ()
    is_superuser: bool = False

    @property
    def option(self) -> str:
        """The name on a command line: ``audience-editor``."""
        return self.name.lower().replace(" ", "-")


ACCESS = "wagtailadmin.access_admin"
CHOOSES_FILES = ("wagtailimages.choose_image", "wagtaildocs.choose_document")
ADDS_FILES = (*CHOOSES_FILES, "wagtailimages.add_image", "wagtaildocs.add_document")
LOOKS_AFTER_ADDRESSES = (
    "delivery.view_recipient",
    "delivery.view_bounce",
    "delivery.view_suppression",
    "delivery.add_suppression",
    "delivery.change_suppression",
)

REPORTER = Role(
    "Reporter",
    models=(
        ACCESS,
        *all_of("editorial.article"),
        *entered_and_seen("editorial.entry"),
        "editorial.add_topic",
        "editorial.view_lettertoeditor",
        *entered_and_seen("evidence.speaker"),
        *entered_and_seen("evidence.source"),
        "evidence.view_contestedterm",
        "weekly.view_weeklyissue",
    ),
    pages=("add", "change"),
    files=ADDS_FILES,
)
EDITOR = Role(
    "Editor",
    models=(
        ACCESS,
        *all_of("editorial.article"),
        *all_of("editorial.entry"),
        *all_of("editorial.standingpage"),
        *all_of("editorial.section"),
        "editorial.change_edition",
        *all_of("editorial.author"),
        *all_of("editorial.topic"),
        *seen_and_changed("editorial.lettertoeditor"),
        *all_of("evidence.speaker"),
        *all_of("evidence.source"),
        *all_of("evidence.contestedterm"),
        *all_of("wagtailredirects.redirect"),
        "identity.change_identity",
        *seen_and_changed("identity.menus"),
        *all_of("weekly.weeklyissue"),
        "paywall.view_accessrule",
        "insights.view_hourlycount",
        "newsletters.view_newsletter",
        "newsletters.view_issue",
        "newsletters.add_issue",
        "newsletters.change_issue",
        *seen_and_changed("contact.conversation"),
        *all_of("contact.savedreply"),
    ),
    pages=("add", "change", "publish", "bulk_delete", "lock", "unlock"),
    files=(*ADDS_FILES, "wagtailimages.change_image", "wagtaildocs.change_document"),
)
AUDIENCE_EDITOR = Role(
    "Audience editor",
    models=(
        ACCESS,
        "editorial.change_edition",
        "editorial.change_section",
        "paywall.change_meter",
        *all_of("paywall.accessrule"),
        *all_of("paywall.wallwording"),
        *all_of("paywall.experiment"),
        "crawlers.change_crawlerpolicy",
        "insights.view_hourlycount",
        "membership.view_plan",
        *all_of("membership.offer"),
        "delivery.view_send",
        "delivery.change_send",
        *LOOKS_AFTER_ADDRESSES,
        *all_of("newsletters.newsletter"),
        *all_of("newsletters.issue"),
        *all_of("newsletters.segment"),
        *all_of("newsletters.label"),
        *seen_and_changed("newsletters.signup"),
        "weekly.view_weeklyissue",
    ),
    pages=("change", "publish"),
    files=CHOOSES_FILES,
)
SUBSCRIPTIONS_MANAGER = Role(
    "Subscriptions manager",
    models=(
        ACCESS,
        *all_of("membership.entitlement"),
        *all_of("membership.institution"),
        *all_of("membership.plan"),
        *all_of("membership.price"),
        *all_of("membership.offer"),
        *all_of("membership.market"),
        "membership.change_salespolicy",
        "billing.change_seller",
        *seen_and_changed("membership.subscription"),
        *seen_and_changed("membership.gift"),
        *seen_and_changed("membership.group"),
        *seen_and_changed("membership.seat"),
        *all_of("membership.fulfilmenthouse"),
        *seen_and_changed("membership.housefile"),
        *seen_and_changed("membership.printsubscriber"),
        *seen_and_changed("membership.printdoubt"),
        *seen_and_changed("membership.printerlist"),
        *seen_and_changed("membership.withdrawal"),
        *seen_and_changed("billing.invoice"),
        *seen_and_changed("billing.payment"),
        *seen_and_changed("billing.difference"),
        "delivery.view_send",
        *LOOKS_AFTER_ADDRESSES,
        "newsletters.view_signup",
        *all_of("contact.conversation"),
        *all_of("contact.savedreply"),
    ),
    files=CHOOSES_FILES,
)
OPERATOR = Role(
    "Operator",
    models=("*",),
    pages=("add", "change", "publish", "bulk_delete", "lock", "unlock"),
    files=("*",),
    is_superuser=True,
)
ROLES = (REPORTER, EDITOR, AUDIENCE_EDITOR, SUBSCRIPTIONS_MANAGER, OPERATOR)


def set_up_newsroom(using: str = "default") -> None:
    """Creates the groups and the workflow, or restores them. Safe to repeat.

    What our groups may do is defined here only: a change made by hand is undone at the next migration.
    Groups with other names are left alone.
    """
    needed = {Group, Page, Collection, GroupPagePermission, GroupCollectionPermission, WorkflowTask}
    there = set(connections[using].introspection.table_names())
    if not {model._meta.db_table for model in needed} <= there:
        return  # a migration that is reversed, or stops half-way
    with transaction.atomic(using):
        is_new = not Group.objects.filter(name__in=[role.name for role in ROLES]).exists()
        if is_new:
            _remove_wagtails_own()
        for role in ROLES:
            _set_up(role)
        _set_up_desk()


def _remove_wagtails_own() -> None:
    Group.objects.filter(name__in=WAGTAILS_GROUPS, user=None).delete()
    Workflow.objects.filter(name="Moderators approval", workflow_tasks__task__task_states=None).delete()
    Task.objects.filter(name="Moderators approval", task_states=None).delete()


def _permissions(names: Iterable[str]) -> list[Permission]:
    if "*" in names:
        return list(Permission.objects.all())
    wanted = Q(pk=None)
    for name in names:
        app, _, codename = name.partition(".")
        wanted |= Q(content_type__app_label=app, codename=codename)
    return list(Permission.objects.filter(wanted))


def _set_up(role: Role) -> None:
    group, _ = Group.objects.get_or_create(name=role.name)
    group.permissions.set(_permissions(role.models))
    if page := Page.get_first_root_node():
        permissions = _permissions([f"wagtailcore.{action}_page" for action in role.pages])
        GroupPagePermission.objects.filter(group=group).exclude(permission__in=permissions).delete()
        for permission in permissions:
            GroupPagePermission.objects.get_or_create(group=group, page=page, permission=permission)
    if collection := Collection.get_first_root_node():
        files = Permission.objects.filter(
            content_type__app_label__in=("wagtailimages", "wagtaildocs"),
            content_type__model__in=("image", "document"),
        )
        permissions = list(files) if "*" in role.files else _permissions(role.files)
        GroupCollectionPermission.objects.filter(group=group).exclude(permission__in=permissions).delete()
        for permission in permissions:
            GroupCollectionPermission.objects.get_or_create(
                group=group, collection=collection, permission=permission
            )


def _set_up_desk() -> None:
    """draft → the desk → published: an editor approves what a reporter submits, on every page."""
    task, _ = GroupApprovalTask.objects.get_or_create(name=DESK)
    task.groups.set(Group.objects.filter(name__in=(EDITOR.name, OPERATOR.name)))
    workflow, _ = Workflow.objects.get_or_create(name=DESK)
    WorkflowTask.objects.get_or_create(workflow=workflow, task=task)
    root = Page.get_first_root_node()
    if root and not WorkflowPage.objects.filter(page=root).exists():
        WorkflowPage.objects.create(page=root, workflow=workflow)
