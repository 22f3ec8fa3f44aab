from django.apps import AppConfig
from django.core.checks import register


class PlatformConfig(AppConfig):
    name = "broadsheet.platform"

    def ready(self) -> None:
        from django.db import connection
        from django.db.backends.signals import connection_created
        from django.db.models.signals import pre_migrate, pre_save

        from broadsheet.platform import overriding
        from broadsheet.platform.characters import clean_before_saving
        from broadsheet.platform.invalidation import forget_old
        from broadsheet.platform.languages import speak_english_without_a_catalogue
        from broadsheet.platform.outages import patience
        from broadsheet.platform.processes import background, growing, metrics, readiness, scheduler, tasks
        from broadsheet.platform.signals import minute_passed

        if connection.vendor == "sqlite":
            # Django asks in a transaction, and takes a file that is written to for one without JSON.
            type(connection.features).supports_json_field = True
        connection_created.connect(patience.limit, dispatch_uid="platform.patience")
        pre_migrate.connect(patience.lift, sender=self, dispatch_uid="platform.patience")
        minute_passed.connect(scheduler.cleanup, dispatch_uid="platform.cleanup")
        minute_passed.connect(forget_old, dispatch_uid="platform.invalidations")
        register(overriding.check_overrides, overriding.TAG)
        register(readiness.check_editions, readiness.TAG)
        for check in (
            readiness.check_database,
            readiness.check_redis,
            readiness.check_folder,
            readiness.check_bucket,
        ):
            register(check, readiness.TAG, deploy=True)
        for check in growing.CHECKS:
            register(check, readiness.TAG, deploy=True)
        register(growing.check_work, growing.RUNNING, deploy=True)
        metrics.register("tasks_waiting", "Tasks that no worker has taken yet", tasks.count_waiting)
        metrics.register("scheduler_lease_seconds", "Until a scheduler must renew it", scheduler.lease_left)
        background.register("worker", tasks.work)
        background.register("scheduler", lambda stop: scheduler.keep(stop.is_set))
        pre_save.connect(clean_before_saving, dispatch_uid="platform.clean_before_saving")
        speak_english_without_a_catalogue()
