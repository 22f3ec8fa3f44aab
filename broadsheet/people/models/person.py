from collections.abc import Iterable
from functools import cached_property
from typing import Any, ClassVar, Self

from django.contrib.auth.hashers import make_password
from django.contrib.auth.models import AbstractUser, Group, Permission, UserManager
from django.db import IntegrityError, models, transaction
from django.db.models import Q
from django.db.models.functions import Lower
from django.db.models.signals import m2m_changed, post_delete
from django.dispatch import receiver
from django.utils.translation import gettext_lazy as _

from broadsheet.delivery.address_fields import EmailModelField
from broadsheet.delivery.addresses import canonical, readable
from broadsheet.delivery.forgetting import forget
from broadsheet.people.signals import accounts_merging, address_changed, role_given, sessions_ended
from broadsheet.platform.kept import Kept, watch
from broadsheet.platform.prefixes import PrefixIndex, begins


class AddressTaken(Exception):
    """Another account has this address."""


def masked(email: str) -> str:
    """``e•••@magazine.example``: enough for its owner to know it, too little for anyone else."""
    name, _at, domain = readable(email).rpartition("@")
    return f"{name[:1]}•••@{domain}"


class PersonQuerySet(models.QuerySet["Person"]):
    def called(self, text: str) -> Self:
        """Those whose address, first or last name begins with `text`, or the two together."""
        text = canonical(text)
        first, _space, last = text.partition(" ")
        found = begins("email", text) | begins("lower_first", text) | begins("lower_last", text)
        if last:
            found |= Q(lower_first=first, lower_last__startswith=last.strip())
        return self.alias(lower_first=Lower("first_name"), lower_last=Lower("last_name")).filter(found)

    def update(self, **changes: Any) -> int:
        """As Django's. The desk closes several accounts at once by it, which ends their sessions."""
        with transaction.atomic(self.db):
            closing = list(self.values_list("pk", flat=True)) if changes.get("is_active") is False else []
            updated = super().update(**changes)
            for pk in closing:
                sessions_ended.send(self.model, person_id=pk)
        return updated


class PersonManager(UserManager["Person"]):
    def get_queryset(self) -> PersonQuerySet:
        return PersonQuerySet(self.model, using=self._db)

    def create_user(  # type: ignore[override]
        self, email: str, password: str | None = None, **fields: Any
    ) -> "Person":
        """A person who may sign in. Without a `password` they do so by e-mailed code."""
        person = self.model(email=self.normalize_email(email), **fields)
        person.set_password(password)
        person.save(using=self._db)
        return person

    def create_superuser(  # type: ignore[override]
        self, email: str, password: str | None = None, **fields: Any
    ) -> "Person":
        return self.create_user(email, password, is_superuser=True, **fields)

    def called(self, text: str) -> PersonQuerySet:
        return self.get_queryset().called(text)

    def staff(self) -> PersonQuerySet:
        """Everyone who works here."""
        working_here = Person.groups.through.objects.values("person")
        return self.get_queryset().filter(Q(pk__in=working_here) | Q(is_superuser=True))

    def readers(self) -> PersonQuerySet:
        """Everyone who has an account and doesn't work here."""
        # Not by a join: PostgreSQL would think that hardly anybody is left, and sort all of them.
        working_here = Person.groups.through.objects.values("person")
        return self.get_queryset().exclude(pk__in=working_here).filter(is_superuser=False)

    @classmethod
    def normalize_email(cls, email: str | None) -> str:
        """As the post room compares addresses: one mailbox is one account."""
        return canonical(email or "")

    def registered(self, email: str) -> "tuple[Person, bool]":
        """The person at a proven address, made if there is none; and whether they were made just now."""
        defaults = {"password": make_password(None)}
        return self.get_or_create(email=self.normalize_email(email), defaults=defaults)

    def get_by_natural_key(self, username: str | None) -> "Person":
        return self.get(email=self.normalize_email(username))


class Person(AbstractUser):
    """Anyone with an account, readers and staff alike. The e-mail address is the account."""

    username = None  # type: ignore[assignment]
    email = EmailModelField(
        _("e-mail address"),
        unique=True,
        error_messages={"unique": _("There is already an account with this address.")},
    )

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    objects: ClassVar[PersonManager] = PersonManager()

    class Meta:
        verbose_name = _("person")
        verbose_name_plural = _("people")
        constraints = [
            # With `unique` this makes addresses unique whatever their case.
            models.CheckConstraint(condition=Q(email=Lower("email")), name="person_email_lower_case"),
        ]
        indexes = [
            PrefixIndex(Lower("first_name"), name="person_first_name_begins"),
            PrefixIndex(Lower("last_name"), name="person_last_name_begins"),
            models.Index(fields=["date_joined", "id"], name="person_newest"),
            models.Index(fields=["last_login", "id"], name="person_last_seen"),
        ]

    def __str__(self) -> str:
        return self.get_full_name() or self.email

    @cached_property
    def is_staff(self) -> bool:  # type: ignore[override]
        """Whether the desk lets them in: as Wagtail sees it, by the groups that are their roles.

        It replaces Django’s column of this name, which nothing here would keep in step with the roles.
        """
        if not self.is_active:
            return False
        return self.is_superuser or self.pk in _with_a_role()

    @property
    def readable_email(self) -> str:
        return readable(self.email)

    @property
    def masked_email(self) -> str:
        return masked(self.email)

    def rename(self, name: str) -> None:
        """Takes `name` as it is written; what follows its first space counts as the last name."""
        self.first_name, _space, self.last_name = name.strip().partition(" ")
        self.save(update_fields=["first_name", "last_name"])

    def move_to(self, email: str) -> None:
        """Makes `email`, a proven address, the account; raises AddressTaken."""
        try:
            with transaction.atomic():
                type(self).objects.filter(pk=self.pk).update(email=email)
                address_changed.send(type(self), person_id=self.pk, old=self.email, new=email)
        except IntegrityError as error:
            raise AddressTaken from error
        self.email = email

    def save(self, *args: Any, update_fields: Iterable[str] | None = None, **kwargs: Any) -> None:
        def is_written(field: str) -> bool:
            return update_fields is None or field in update_fields

        with transaction.atomic():
            super().save(*args, update_fields=update_fields, **kwargs)
            if not self.is_active and is_written("is_active"):
                sessions_ended.send(type(self), person_id=self.pk)
            if self.is_superuser and is_written("is_superuser"):
                role_given.send(type(self), person_id=self.pk)

    def end_sessions(self, **only: Any) -> None:
        """Signs them out of every browser, or of those whose `UserSession` is as `only` says."""
        # Sessions are kept by allauth, whose models point here.
        from allauth.usersessions.models import UserSession

        with transaction.atomic():
            for session in UserSession.objects.filter(user=self, **only):
                session.end()
            sessions_ended.send(type(self), person_id=self.pk)

    @transaction.atomic
    def change_password(self, new: str | None) -> None:
        """Sets the password, or none. Every session is bound to the old one, and so ended."""
        self.set_password(new)
        self.save(update_fields=["password"])
        sessions_ended.send(type(self), person_id=self.pk)

    @transaction.atomic
    def merge_into(self, other: "Person") -> None:
        """Leaves what it has to `other`, and erases the account. What a room above refuses is raised."""
        accounts_merging.send(type(self), old=self, new=other)
        self.erase()

    @transaction.atomic
    def erase(self) -> None:
        """Deletes the account, with all that hangs on it, and ends its sessions."""
        self.end_sessions()
        self.delete()


def _read() -> frozenset[int]:
    may = Permission.objects.filter(codename="access_admin", content_type__app_label="wagtailadmin")
    return frozenset(Person.objects.filter(groups__permissions__in=may).values_list("pk", flat=True))


_with_a_role = Kept(_read, "roles")
"""Whom the desk lets in, by their ids."""
watch("roles", Group, Group.permissions.through, Person.groups.through)


def staff_among(people: Iterable[Person]) -> set[Person]:
    """Those of `people` of whom `is_staff` says yes, asked once for all."""
    roles = _with_a_role()
    return {one for one in people if one.is_active and (one.is_superuser or one.pk in roles)}


@receiver(post_delete, sender=Person)
def announce_deletion(instance: Person, **kwargs: Any) -> None:
    """Whoever deletes an account, in whatever way, has ended its sessions."""
    sessions_ended.send(Person, person_id=instance.pk)


@receiver(post_delete, sender=Person)
def forget_mail(instance: Person, **kwargs: Any) -> None:
    forget(instance.email)


@receiver(m2m_changed, sender=Person.groups.through)
def announce_role(
    instance: Person | Group, action: str, reverse: bool, pk_set: set[int] | None, **kwargs: Any
) -> None:
    if action == "post_add":
        for pk in pk_set or () if reverse else [instance.pk]:
            role_given.send(Person, person_id=pk)
