from typing import Any

from wagtail.admin.forms.pages import CopyForm, WagtailAdminPageForm

IN_ANY_DIRECTION = ("title", "kicker", "standfirst", "picture_caption")


class ArticleForm(WagtailAdminPageForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in IN_ANY_DIRECTION:
            if name in self.fields:
                self.fields[name].widget.attrs["dir"] = "auto"

    def save(self, commit: bool = True) -> Any:
        # Wagtail would make a page created by “Publish” live before asking whether that is allowed.
        if self.instance.pk is None:
            self.instance.live = False
        return super().save(commit=commit)


class ArticleCopyForm(CopyForm):
    """Copies are drafts. To show one article in two places, share it: then the meter counts it once."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("publish_copies", "alias"):
            self.fields.pop(name, None)
