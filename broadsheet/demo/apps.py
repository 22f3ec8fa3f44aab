from django.apps import AppConfig


class DemoConfig(AppConfig):
    name = "broadsheet.demo"

    def ready(self) -> None:
        from broadsheet.delivery import sources
        from broadsheet.demo import sends
        from broadsheet.platform.slots import fill

        sources.register(sends.SOURCE, sources.unchanged)
        fill("page.top", 10, "demo/line.html")
