from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class MembershipConfig(AppConfig):
    name = "broadsheet.membership"

    def ready(self) -> None:
        # Merging and seats connect themselves to what is announced.
        from broadsheet.membership import account, forgetting, letters, merging, prices, seats  # noqa: F401
        from broadsheet.membership.fulfilment import label, working
        from broadsheet.people import finding
        from broadsheet.people.account import register_export, register_losses, register_zone
        from broadsheet.platform.signals import minute_passed

        register_export("complimentary_subscriptions", account.export)
        register_export("subscriptions", account.export_subscriptions)
        register_export("gifts", account.export_gifts)
        register_export("groups", account.export_groups)
        register_export("paper", account.export_paper)
        register_export("agreements", account.export_agreements)
        register_export("letters_about_subscriptions", account.export_notices)
        register_export("podcast", account.export_podcast)
        register_export("withdrawals", account.export_withdrawals)
        register_losses("subscriptions", account.losses)
        register_zone(account.zone_of)
        letters.register()
        finding.register("label", _("the label of the paper"), label.by_label)
        finding.register("house", _("the file of a mailing house"), label.by_name_in_file)
        minute_passed.connect(prices.announce_hourly, dispatch_uid="membership.prices")
        minute_passed.connect(working.find_undone, dispatch_uid="membership.house_files")
        minute_passed.connect(forgetting.forget_old_print, dispatch_uid="membership.print")
