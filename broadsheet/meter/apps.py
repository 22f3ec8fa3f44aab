from django.apps import AppConfig


class MeterConfig(AppConfig):
    name = "broadsheet.meter"

    def ready(self) -> None:
        from broadsheet.meter import account
        from broadsheet.people.account import register_export, register_section

        register_section(22, "meter/account_section.html", account.reads_this_month)
        register_export("articles_opened", account.export)
