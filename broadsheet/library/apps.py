from django.apps import AppConfig

from broadsheet.platform.slots import fill


class LibraryConfig(AppConfig):
    name = "broadsheet.library"

    def ready(self) -> None:
        # Merging connects itself to what is announced.
        from wagtail.signals import page_published

        from broadsheet.library import account, forgetting, merging, saving  # noqa: F401
        from broadsheet.people.account import register_export, register_losses
        from broadsheet.platform.signals import minute_passed

        fill("account", 15, "library/account_section.html", account.section)
        register_export("saved_articles", account.export_saved)
        register_export("reading_history", account.export_history)
        register_losses("library", account.losses)
        fill("article.scripts", 30, "library/script.html")
        minute_passed.connect(forgetting.forget_opened, dispatch_uid="library.history")
        page_published.connect(saving.measure, dispatch_uid="library.measure")
