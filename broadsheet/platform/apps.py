from django.apps import AppConfig


class PlatformConfig(AppConfig):
    name = "broadsheet.platform"

    def ready(self) -> None:
        from broadsheet.platform.scheduler import cleanup
        from broadsheet.platform.signals import minute_passed

        minute_passed.connect(cleanup, dispatch_uid="platform.cleanup")
