from django.apps import AppConfig


class EditorialConfig(AppConfig):
    name = "broadsheet.editorial"

    def ready(self) -> None:
        from broadsheet.editorial import finding
        from broadsheet.editorial.media import decoding
        from broadsheet.editorial.schedule import keep_schedule
        from broadsheet.platform.signals import minute_passed

        minute_passed.connect(keep_schedule, dispatch_uid="editorial.keep_schedule")
        finding.connect()
        decoding.take_over()
