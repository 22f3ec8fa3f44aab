from django.apps import AppConfig


class MeterConfig(AppConfig):
    name = "broadsheet.meter"

    def ready(self) -> None:
        from broadsheet.house.signals import minute_passed
        from broadsheet.meter import account, counts, forgetting
        from broadsheet.meter.crawlers import proving, refreshing
        from broadsheet.people.account import register_export, register_section

        register_section(22, "meter/account_section.html", account.reads)
        register_section(24, "meter/gifts_section.html", account.given)
        register_export("articles_opened", account.export)
        register_export("articles_given", account.export_given)
        minute_passed.connect(forgetting.forget_grants, dispatch_uid="meter.grants")
        minute_passed.connect(forgetting.forget_gift_links, dispatch_uid="meter.gift-links")
        minute_passed.connect(counts.forget_old, dispatch_uid="meter.counts")
        minute_passed.connect(proving.prove_late, dispatch_uid="meter.crawlers.prove")
        minute_passed.connect(proving.forget_old, dispatch_uid="meter.crawlers.forget")
        minute_passed.connect(refreshing.refresh_daily, dispatch_uid="meter.crawlers.refresh")
