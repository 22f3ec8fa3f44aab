from django.apps import AppConfig


class PlatformConfig(AppConfig):
    name = "broadsheet.platform"

    def ready(self) -> None:
        from django.db.backends.signals import connection_created
        from django.db.models.signals import pre_migrate

        from broadsheet.platform.outages import patience
        from broadsheet.platform.scheduler import cleanup
        from broadsheet.platform.signals import minute_passed

        connection_created.connect(patience.limit, dispatch_uid="platform.patience")
        pre_migrate.connect(patience.lift, sender=self, dispatch_uid="platform.patience")
        minute_passed.connect(cleanup, dispatch_uid="platform.cleanup")
