from django.apps import AppConfig

from broadsheet.platform.slots import fill


class ContactConfig(AppConfig):
    name = "broadsheet.contact"

    def ready(self) -> None:
        fill("standing_page.styles", 10, "contact/styles.html")
        fill("standing_page.form", 10, "contact/form.html")
