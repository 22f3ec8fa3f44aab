from django.apps import AppConfig


class PlatformConfig(AppConfig):
    name = "broadsheet.platform"

    def ready(self) -> None:
        from django.db.models.signals import pre_save

        from broadsheet.platform.characters import clean_before_saving
        from broadsheet.platform.scheduler import cleanup
        from broadsheet.platform.signals import minute_passed

        minute_passed.connect(cleanup, dispatch_uid="platform.cleanup")
        pre_save.connect(clean_before_saving, dispatch_uid="platform.clean_before_saving")
