from django.apps import AppConfig


class SiteConfig(AppConfig):
    name = "broadsheet.site"

    def ready(self) -> None:
        from broadsheet.site.reading import sign_in_merge  # noqa: F401 (connects its receivers)
