from django.apps import AppConfig


class DemoConfig(AppConfig):
    name = "broadsheet.demo"

    def ready(self) -> None:
        from broadsheet.billing import providers
        from broadsheet.delivery import sources
        from broadsheet.demo import letterbox, sends
        from broadsheet.demo.till.till import Till
        from broadsheet.platform.processes import background
        from broadsheet.platform.slots import fill

        providers.register(Till())
        background.register("letterbox", letterbox.work)
        sources.register(sends.SOURCE, sources.unchanged)
        fill("page.styles", 10, "demo/styles.html")
        fill("page.top", 10, "demo/line.html")
