from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext_lazy as _
from wagtail.admin.forms.pages import CopyForm, WagtailAdminPageForm

if TYPE_CHECKING:
    from broadsheet.editorial.models.fronts import Section

BYLINES = "bylines"
IN_ANY_DIRECTION = ("title", "kicker", "standfirst", "picture_caption")


class ArticleForm(WagtailAdminPageForm):
    """Has the section too until the article is published; a new one begins with its writer's byline."""

    parent_page: Any
    section = forms.TypedChoiceField(label=_("Section"), coerce=int, empty_value=None, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in IN_ANY_DIRECTION:
            if name in self.fields:
                self.fields[name].widget.attrs["dir"] = "auto"
        sections = self._sections()
        if sections and self.parent_page:
            self.fields["section"].choices = _by_edition(sections)
            self.initial["section"] = self.parent_page.pk
        else:
            del self.fields["section"]
        if self.instance.pk is None and not self.is_bound and BYLINES in self.formsets:
            self._begin_byline()

    def _sections(self) -> "list[Section]":
        """Those that the article may go to, each with its edition; none where it has to stay."""
        from broadsheet.editorial.models.fronts import Section, attach_editions

        article, user = self.instance, self.for_user
        if user is None:
            return []
        # A page that isn't saved yet calls itself live.
        if article.pk and (article.live or article.first_published_at or article.alias_of_id):
            return []
        if article.pk and not article.permissions_for_user(user).can_move():
            return []
        sections = attach_editions(Section.objects.select_related("locale").order_by("path"))
        return [section for section in sections if section.permissions_for_user(user).can_add_subpage()]

    def _begin_byline(self) -> None:
        author = getattr(self.for_user, "author", None)
        if author:
            formset = self.formsets[BYLINES]
            formset.extra, formset.initial_extra = 1, [{"author": author.pk}]

    def clean_title(self) -> str:
        return " ".join(self.cleaned_data["title"].split())

    def clean_section(self) -> "Section | None":
        from broadsheet.editorial.models.fronts import Section

        pk: int | None = self.cleaned_data["section"]
        if pk is None or pk == self.parent_page.pk:
            return None
        # The slug must be free there.
        section: Section = Section.objects.select_related("locale").get(pk=pk)
        self.parent_page = section
        return section

    def save(self, commit: bool = True) -> Any:
        # Wagtail would make a page created by “Publish” live before asking whether that is allowed.
        if self.instance.pk is None:
            self.instance.live = False
        elif commit and (section := self.cleaned_data.get("section")):
            # A preview isn't committed.
            self.instance.move_draft(section, self.for_user)
        return super().save(commit=commit)


def _by_edition(sections: "list[Section]") -> list[tuple[str, list[tuple[int, str]]]]:
    grouped: dict[str, list[tuple[int, str]]] = {}
    for section in sections:
        label = f"{section.title}, {section.edition.short_name}"
        grouped.setdefault(section.edition.full_name, []).append((section.pk, label))
    return list(grouped.items())


class ArticleCopyForm(CopyForm):
    """Copies are drafts. To show one article in two places, share it: then the meter counts it once."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("publish_copies", "alias"):
            self.fields.pop(name, None)
