from typing import Any, ClassVar, Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from broadsheet.editorial.models.letters.desk import AtTheDesk
from broadsheet.editorial.models.letters.state import ENDED, WAS_PRINTED, LetterState
from broadsheet.editorial.models.letters.written import Naming, initials
from broadsheet.people.models import Person


class LetterQuerySet(models.QuerySet["LetterToEditor"]):
    def at_the_desk(self) -> Self:
        """What our staff may see: who wrote it reads mail at the address that they gave."""
        return self.exclude(state=LetterState.UNCONFIRMED)

    def found(self, text: str) -> Self:
        words = text.strip()
        number = words.upper().removeprefix("L-").lstrip("0")
        wanted = Q(name__istartswith=words) | Q(email=words.lower())
        if number.isascii() and number.isdecimal() and len(number) < 19:
            wanted |= Q(pk=int(number))
        return self.filter(wanted)

    def shown(self) -> Self:
        """What readers see, the newest first: letters about articles that are published."""
        from broadsheet.editorial.models.outline import outline

        rows = self.printed().filter(article__live=True)
        for path in outline().private:
            rows = rows.exclude(article__path__startswith=path)
        return rows

    def printed(self) -> Self:
        """As `shown`, whether their articles are published or not."""
        return self.filter(state=LetterState.PUBLISHED).order_by("-published_at", "-pk")

    def of(self, person: Person) -> Self:
        return self.filter(Q(person=person) | Q(email=person.email))


class LetterToEditor(AtTheDesk):
    """What a reader wrote about an article, to be printed beneath it.

    Readers see `agreed` and nothing else: `Agreement` alone writes it.
    """

    objects: ClassVar[Any] = LetterQuerySet.as_manager()

    class Meta:
        verbose_name = _("letter to the editor")
        verbose_name_plural = _("letters to the editor")
        constraints = [
            models.CheckConstraint(
                condition=Q(state=LetterState.UNCONFIRMED, agreed="", confirmed_at=None)
                | (~Q(state=LetterState.UNCONFIRMED) & ~Q(agreed="") & Q(confirmed_at__isnull=False)),
                name="letter_confirmed_has_an_agreed_text",
            ),
            models.CheckConstraint(
                condition=~Q(state=LetterState.AGREED) | Q(draft=F("agreed")),
                name="letter_agreed_is_what_the_desk_has",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=WAS_PRINTED) | Q(published_at__isnull=False),
                name="letter_published_has_a_moment",
            ),
            models.CheckConstraint(
                condition=Q(state__in=ENDED, ended_at__isnull=False)
                | (~Q(state__in=ENDED) & Q(ended_at=None)),
                name="letter_ended_has_a_moment",
            ),
        ]
        indexes = [
            models.Index(
                fields=["article", "-published_at"],
                condition=Q(state=LetterState.PUBLISHED),
                name="letter_of_article",
            ),
            models.Index(
                fields=["edition", "-published_at"],
                condition=Q(state=LetterState.PUBLISHED),
                name="letter_of_edition",
            ),
            models.Index(fields=["state", "came_at"], name="letter_at_the_desk"),
        ]

    def erase(self) -> None:
        """Its writer wants to be forgotten: what was printed stays under their initials, all else goes."""
        if self.state != LetterState.PUBLISHED:
            self.delete()
            return
        if self.naming == Naming.FULL:
            self.naming = Naming.INITIALS
        self.name = initials(self.name)
        self.place = self.email = self.interest = self.asks = ""
        self.text = self.draft = self.agreed
        self.person = self.mailed = None
        self.proofs.all().delete()
        self.save()
