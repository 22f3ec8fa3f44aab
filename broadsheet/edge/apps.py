from django.apps import AppConfig


class EdgeConfig(AppConfig):
    name = "broadsheet.edge"
