from django.apps import AppConfig


class WeeklyConfig(AppConfig):
    name = "broadsheet.weekly"

    def ready(self) -> None:
        from broadsheet.people.account import register_export
        from broadsheet.platform.signals import minute_passed
        from broadsheet.weekly import newest
        from broadsheet.weekly.files import account, kinds, making
        from broadsheet.weekly.preflight.checking import sentences_of_errors
        from broadsheet.weekly.publishing import publish_due
        from broadsheet.weekly.readiness import register_check

        newest.connect()
        register_check(sentences_of_errors)
        minute_passed.connect(publish_due, dispatch_uid="weekly.publishing")
        kinds.register_all()
        making.connect()
        register_export("weekly_issues", account.export)
