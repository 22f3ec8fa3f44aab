from django.apps import AppConfig


class EvidenceConfig(AppConfig):
    name = "broadsheet.evidence"
