from typing import Any

from wagtail.admin.forms.pages import CopyForm, WagtailAdminPageForm


class ArticleForm(WagtailAdminPageForm):
    def save(self, commit: bool = True) -> Any:
        # Wagtail would make a page that is created by “Publish” live before it asks whether it may be.
        if self.instance.pk is None:
            self.instance.live = False
        return super().save(commit=commit)


class ArticleCopyForm(CopyForm):
    """Copies are drafts. One article in two places is shared, and so stays one article for the meter."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("publish_copies", "alias"):
            self.fields.pop(name, None)
