from django.apps import AppConfig
from django.core.checks import register


class PlatformConfig(AppConfig):
    name = "broadsheet.platform"

    def ready(self) -> None:
        from broadsheet.platform import readiness
        from broadsheet.platform.scheduler import cleanup
        from broadsheet.platform.signals import minute_passed

        minute_passed.connect(cleanup, dispatch_uid="platform.cleanup")
        register(readiness.check_editions, readiness.TAG)
        for check in (readiness.check_database, readiness.check_redis, readiness.check_folder):
            register(check, readiness.TAG, deploy=True)
