from django.apps import AppConfig


class CrawlersConfig(AppConfig):
    name = "broadsheet.crawlers"

    def ready(self) -> None:
        from broadsheet.crawlers import proving, refreshing
        from broadsheet.platform.signals import minute_passed

        minute_passed.connect(proving.prove_late, dispatch_uid="crawlers.prove")
        minute_passed.connect(proving.forget_old, dispatch_uid="crawlers.forget")
        minute_passed.connect(refreshing.refresh_daily, dispatch_uid="crawlers.refresh")
