from django.apps import AppConfig
from django.conf import settings


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
        # In development the magazine may be one’s own.
        is_demo = {"is_demo": settings.MODE == "demo"}
        fill("page.top", 10, "demo/line.html", lambda request: is_demo)
