from django.apps import AppConfig


class HouseConfig(AppConfig):
    name = "broadsheet.house"

    def ready(self) -> None:
        from broadsheet.house.rota import tidy
        from broadsheet.house.signals import minute_passed

        minute_passed.connect(tidy, dispatch_uid="house.tidy")
