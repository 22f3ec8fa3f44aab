from typing import TYPE_CHECKING, Any

from django.db import models, transaction

if TYPE_CHECKING:
    from broadsheet.editorial.models.fronts import Section

OF_THE_PLACE = ("path", "depth", "numchild", "url_path")
REMEMBERED = ("section", "edition", "home_section", "_cached_parent_obj")


class Movable(models.Model):
    class Meta:
        abstract = True

    if TYPE_CHECKING:
        locale: Any
        slug: str

    def move_draft(self, section: "Section", user: Any) -> None:
        """Moves what was never published to `section`, of another edition too; raises PermissionDenied.

        What was changed on `self` stays there to be saved, but the slug, which must be free in the section.
        """
        manager: Any = type(self)._default_manager
        with transaction.atomic():
            mine = manager.select_for_update().filter(pk=self.pk)
            # Wagtail moves within one language; a draft has no copy yet that it would be parted from.
            mine.update(locale=section.locale, slug=self.slug)
            mine.get().move(section, pos="last-child", user=user)
            moved = mine.get()
        self.locale = moved.locale
        for name in OF_THE_PLACE:
            setattr(self, name, getattr(moved, name))
        for name in REMEMBERED:
            self.__dict__.pop(name, None)
