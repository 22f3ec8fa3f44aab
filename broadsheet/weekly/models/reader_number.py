import re
import secrets
from typing import ClassVar, Self

from django.conf import settings
from django.db import IntegrityError, models, transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from broadsheet.membership.models import Institution
from broadsheet.people.models import Person
from broadsheet.platform import clock

DIGITS = 10
WRITTEN = re.compile(rf"[0-9]{{{DIGITS}}}")


def new_number() -> str:
    return f"{secrets.randbelow(10**DIGITS):0{DIGITS}}"


class ReaderNumberQuerySet(models.QuerySet["ReaderNumber"]):
    def of(self, holder: Person | Institution) -> "ReaderNumber":
        """That of whoever gets a file, which stays the same."""
        mine = {"person" if isinstance(holder, Person) else "institution": holder}
        while True:
            if found := self.filter(**mine).first():
                return found
            try:
                with transaction.atomic():
                    return self.create(**mine)
            except IntegrityError:
                continue  # another request made it, or somebody else has this number

    def written(self, text: str) -> Self:
        """Whose it is, however it was copied from a file; none where it is no number."""
        digits = "".join(text.split()).replace("-", "")
        return self.filter(number=digits) if WRITTEN.fullmatch(digits) else self.none()


class ReaderNumber(models.Model):
    """The number that files of issues carry, by which it can be found out whose a file is.

    By chance, so that it says nothing to anybody else, and a row, so that it outlives keys.
    """

    number = models.CharField(_("reader’s number"), max_length=DIGITS, unique=True, default=new_number)
    person = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, null=True, related_name="+"
    )
    institution = models.OneToOneField(Institution, on_delete=models.CASCADE, null=True, related_name="+")
    made_at = models.DateTimeField(default=clock.now)

    objects: ClassVar[ReaderNumberQuerySet] = ReaderNumberQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = _("reader’s number")
        constraints = [
            models.CheckConstraint(
                condition=Q(person__isnull=False, institution=None)
                | Q(person=None, institution__isnull=False),
                name="reader_number_of_one",
            )
        ]

    def __str__(self) -> str:
        return self.number
