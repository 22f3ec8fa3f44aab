from django.apps import AppConfig


class InsightsConfig(AppConfig):
    name = "broadsheet.insights"

    def ready(self) -> None:
        from broadsheet.insights import counts
        from broadsheet.platform.signals import minute_passed

        minute_passed.connect(counts.forget_old, dispatch_uid="insights.counts")
