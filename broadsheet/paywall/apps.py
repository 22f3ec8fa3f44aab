from django.apps import AppConfig


class PaywallConfig(AppConfig):
    name = "broadsheet.paywall"

    def ready(self) -> None:
        # Merging connects itself to what is announced.
        from broadsheet.notices import seen
        from broadsheet.paywall import account, forgetting, merging  # noqa: F401
        from broadsheet.paywall.seen import opened_by
        from broadsheet.people.account import register_export
        from broadsheet.platform.signals import minute_passed
        from broadsheet.platform.slots import fill

        seen.register("paywall", opened_by)
        fill("account", 22, "paywall/account_section.html", account.reads)
        fill("account", 24, "paywall/gifts_section.html", account.given)
        register_export("articles_opened", account.export)
        register_export("articles_given", account.export_given)
        minute_passed.connect(forgetting.forget_grants, dispatch_uid="paywall.grants")
        minute_passed.connect(forgetting.forget_gift_links, dispatch_uid="paywall.gift-links")
