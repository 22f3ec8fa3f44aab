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
        register_export("follows", account.export_follows)
        fill("topic.top", 30, "library/following/topic.html")
        fill("author.top", 10, "library/following/author.html")
        fill("article.topic", 10, "library/following/topic.html")
        fill("article.author", 10, "library/following/author.html")
        fill("list.styles", 10, "library/following/styles.html")
        for scripts in ("article.scripts", "topic.scripts", "author.scripts"):
            fill(scripts, 40, "library/script.html")
        register_export("reading_history", account.export_history)
        register_losses("library", account.losses)
        minute_passed.connect(forgetting.forget_opened, dispatch_uid="library.history")
        page_published.connect(saving.measure, dispatch_uid="library.measure")
