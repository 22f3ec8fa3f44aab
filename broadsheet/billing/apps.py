from datetime import datetime
from typing import Any

from django.apps import AppConfig
from django.core.checks import register


class BillingConfig(AppConfig):
    name = "broadsheet.billing"

    def ready(self) -> None:
        from django.utils.translation import gettext_lazy as _

        from broadsheet.billing import account, finding, letters, moving, providers  # noqa: F401 (moving connects itself)
        from broadsheet.billing.checkout import fulfilling
        from broadsheet.billing.providers.stripe import checks, sweeping
        from broadsheet.billing.providers.stripe.provider import Stripe
        from broadsheet.billing.providers.transfer import Transfer
        from broadsheet.identity.destinations import register_destination
        from broadsheet.people.account import register_export
        from broadsheet.platform.processes.readiness import TAG
        from broadsheet.platform.signals import minute_passed
        from broadsheet.platform.slots import fill

        providers.register(Stripe())
        providers.register(Transfer())
        fulfilling.register()
        letters.register()
        finding.register()
        fill("masthead.strip", 30, "billing/slots/subscribe_link.html")
        fill("colophon.links", 30, "billing/slots/contract_links.html")
        fill("account", 20, "billing/account/section.html", account.subscriptions)
        register_destination("plans", _("Plans and prices"), "subscribe")
        register_destination("gift", _("Give a subscription"), "gift_purchase")
        register_destination("group", _("For groups"), "group_purchase")
        register_destination("donate", _("Donate"), "donate")
        register_export("invoices", account.export_invoices)
        register_export("payment_methods", account.export_mandates)
        register_export("card_accounts", account.export_card_accounts)
        register_export("checkouts", account.export_checkouts)
        minute_passed.connect(sweeping.each_minute, dispatch_uid="billing.stripe.minute")
        minute_passed.connect(_sweep, dispatch_uid="billing.sweep")
        minute_passed.connect(sweeping.each_night, dispatch_uid="billing.stripe.night")
        register(checks.check_settings)
        register(checks.check_prices, TAG, deploy=True)


def _sweep(at: datetime, **kwargs: Any) -> None:
    from broadsheet.billing import renewal

    renewal.sweep(at)
