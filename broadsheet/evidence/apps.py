from django.apps import AppConfig


class EvidenceConfig(AppConfig):
    name = "broadsheet.evidence"

    def ready(self) -> None:
        from broadsheet.evidence.link_check import try_each_minute
        from broadsheet.evidence.models import ContestedTerm, Source, TermUse
        from broadsheet.evidence.models.term import TAG
        from broadsheet.platform.kept import watch
        from broadsheet.platform.signals import minute_passed

        watch(TAG, ContestedTerm, TermUse, Source)
        minute_passed.connect(try_each_minute, dispatch_uid="evidence.link_check")
