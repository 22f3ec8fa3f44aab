from django.apps import AppConfig


class EdgeConfig(AppConfig):
    name = "broadsheet.edge"

    def ready(self) -> None:
        from broadsheet.edge import ahead, changes

        changes.connect()
        ahead.connect()
