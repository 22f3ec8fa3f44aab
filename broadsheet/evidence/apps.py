from django.apps import AppConfig


class EvidenceConfig(AppConfig):
    name = "broadsheet.evidence"

    def ready(self) -> None:
        from broadsheet.evidence.link_check import try_each_minute
        from broadsheet.platform.signals import minute_passed

        minute_passed.connect(try_each_minute, dispatch_uid="evidence.link_check")
