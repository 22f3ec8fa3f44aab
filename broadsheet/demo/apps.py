from django.apps import AppConfig


class DemoConfig(AppConfig):
    name = "broadsheet.demo"

    def ready(self) -> None:
        from broadsheet.delivery import sources
        from broadsheet.demo import sends

        sources.register(sends.SOURCE, sources.unchanged)
