from functools import cached_property
from typing import Any, ClassVar

from django.contrib.auth.hashers import make_password
from django.contrib.auth.models import AbstractUser, Permission, UserManager
from django.db import IntegrityError, models, transaction
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _


class AddressTaken(Exception):
    """Another account has this address."""


def masked(email: str) -> str:
    """``e•••@magazine.example``: enough for its owner to know it, too little for anyone else."""
    name, _at, domain = email.partition("@")
    return f"{name[:1]}•••@{domain}"


class PersonManager(UserManager["Person"]):
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
        return self.create_user(email, password, is_staff=True, is_superuser=True, **fields)

    @classmethod
    def normalize_email(cls, email: str | None) -> str:
        """The whole address in lower case: two accounts that differ by case alone help nobody."""
        return (email or "").strip().lower()

    def registered(self, email: str) -> "tuple[Person, bool]":
        """The person at a proven address, made if there is none; and whether they were made just now."""
        defaults = {"password": make_password(None)}
        return self.get_or_create(email=self.normalize_email(email), defaults=defaults)

    def get_by_natural_key(self, username: str | None) -> "Person":
        return self.get(email=self.normalize_email(username))


class Person(AbstractUser):
    """Anyone with an account, readers and staff alike. The e-mail address is the account."""

    username = None  # type: ignore[assignment]
    email = models.EmailField(
        _("e-mail address"),
        unique=True,
        error_messages={"unique": _("There is an account with this address already.")},
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

    def __str__(self) -> str:
        return self.get_full_name() or self.email

    @cached_property
    def is_of_the_staff(self) -> bool:
        """Whether the desk lets them in: as Wagtail sees it, by the groups that are their roles."""
        if not self.is_active:
            return False
        return (
            self.is_superuser
            or Permission.objects.filter(
                group__user=self, codename="access_admin", content_type__app_label="wagtailadmin"
            ).exists()
        )

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
        except IntegrityError as error:
            raise AddressTaken from error
        self.email = email

    def erase(self) -> None:
        """Deletes the account, with all that hangs on it, and ends its sessions."""
        # Sessions are kept by allauth, whose models point here.
        from allauth.usersessions.models import UserSession

        for session in UserSession.objects.filter(user=self):
            session.end()
        self.delete()
