from typing import TYPE_CHECKING, Any, cast

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _
from wagtail.coreutils import find_available_slug
from wagtail.models import Page

if TYPE_CHECKING:
    from broadsheet.editorial.models.article import Article
    from broadsheet.editorial.models.fronts import Edition


def copies_follow(instance: "Article", **kwargs: Any) -> None:
    """As soon as a new slug is committed, which is when Wagtail redirects the old address."""
    instance.rename_copies()


class NotShareableError(ValidationError):
    """The article can't be shown in that edition; the message says why and what to do."""


class Sharing(models.Model):
    """One article in several editions."""

    class Meta:
        abstract = True

    @property
    def original(self) -> Page:
        """The article whose text this one shows, else itself. Its address is the canonical one."""
        return cast("Article", self).alias_of or self

    def share_with(self, edition: "Edition", *, by: Any = None) -> "Article":
        """Shows the article in another edition's section of the same name (`NotShareableError` if it can't).

        It stays one article: one uuid, one count on the meter, one canonical address. What stands there
        follows the original: each publishing and unpublishing is carried over.
        """
        article = cast("Article", self)
        self._check_shareable(edition)
        with transaction.atomic():
            section = article.section.get_translation(edition.locale)
            alias: Article = article.create_alias(
                parent=section,
                update_slug=find_available_slug(section, article.slug),
                update_locale=edition.locale,
                reset_translation_key=False,
                user=by,
            )
            # A new page is new to Wagtail; to readers it is as old as the original.
            alias.first_published_at = article.first_published_at
            alias.last_published_at = article.last_published_at
            alias.save(update_fields=["first_published_at", "last_published_at"])
        return alias

    def rename_copies(self) -> None:
        """Gives the copies the slug that the article has now, or the nearest that is free where they stand.

        Wagtail leaves an alias its slug.
        """
        article = cast("Article", self)
        with transaction.atomic():
            for copy in type(article).objects.filter(alias_of=article.pk):
                slug = find_available_slug(copy.get_parent(), article.slug, ignore_page_id=copy.pk)
                if copy.slug != slug:
                    copy.slug = slug
                    copy.save()

    def _check_shareable(self, edition: "Edition") -> None:
        article = cast("Article", self)
        if article.alias_of_id:
            raise NotShareableError(_("This is shared from another edition. Share the original."))
        if not article.live:
            raise NotShareableError(_("It is not published yet. Publish it, then share it."))
        if article.has_translation(edition.locale):
            raise NotShareableError(format_lazy(_("{} has this article already."), edition.full_name))
        if not article.section.has_translation(edition.locale):
            raise NotShareableError(
                format_lazy(
                    _("{} has no section that goes with “{}”. Make it, as a translation of this one, first."),
                    edition.full_name,
                    article.section.title,
                )
            )
