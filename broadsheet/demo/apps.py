from django.apps import AppConfig


class DemoConfig(AppConfig):
    name = "broadsheet.demo"

    def ready(self) -> None:
        from broadsheet.billing import providers
        from broadsheet.delivery import sources
        from broadsheet.demo import sends
        from broadsheet.demo.till.till import Till

        providers.register(Till())
        sources.register(sends.SOURCE, sources.unchanged)
