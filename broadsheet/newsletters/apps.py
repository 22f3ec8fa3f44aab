from django.apps import AppConfig


class NewslettersConfig(AppConfig):
    name = "broadsheet.newsletters"

    def ready(self) -> None:
        from broadsheet.delivery import sources
        from broadsheet.newsletters.issues.life import SOURCE
        from broadsheet.newsletters.sending.minutes import keep_issues
        from broadsheet.newsletters.sending.renewal import renew
        from broadsheet.platform.signals import minute_passed

        sources.register(SOURCE, renew)
        minute_passed.connect(keep_issues, dispatch_uid="newsletters.issues")
