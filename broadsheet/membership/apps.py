from django.apps import AppConfig


class MembershipConfig(AppConfig):
    name = "broadsheet.membership"

    def ready(self) -> None:
        from broadsheet.house.signals import minute_passed
        from broadsheet.membership import account
        from broadsheet.membership.models import Revocation
        from broadsheet.people.account import register_export, register_section

        register_section(20, "membership/account_section.html", account.rights)
        register_export("complimentary_subscriptions", account.export)
        minute_passed.connect(Revocation.sweep, dispatch_uid="membership.revocations")
