from django.apps import AppConfig
from django.core.checks import register


class PlatformConfig(AppConfig):
    name = "broadsheet.platform"

    def ready(self) -> None:
        from django.db.backends.signals import connection_created
        from django.db.models.signals import pre_migrate, pre_save

        from broadsheet.platform.characters import clean_before_saving
        from broadsheet.platform.invalidation import forget_old
        from broadsheet.platform.outages import patience
        from broadsheet.platform.processes import readiness
        from broadsheet.platform.processes.scheduler import cleanup
        from broadsheet.platform.signals import minute_passed

        connection_created.connect(patience.limit, dispatch_uid="platform.patience")
        pre_migrate.connect(patience.lift, sender=self, dispatch_uid="platform.patience")
        minute_passed.connect(cleanup, dispatch_uid="platform.cleanup")
        minute_passed.connect(forget_old, dispatch_uid="platform.invalidations")
        register(readiness.check_editions, readiness.TAG)
        for check in (readiness.check_database, readiness.check_redis, readiness.check_folder):
            register(check, readiness.TAG, deploy=True)
        pre_save.connect(clean_before_saving, dispatch_uid="platform.clean_before_saving")
