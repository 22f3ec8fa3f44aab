from django.apps import AppConfig


class NewslettersConfig(AppConfig):
    name = "broadsheet.newsletters"

    def ready(self) -> None:
        from wagtail.signals import page_published

        from broadsheet.delivery import sources
        from broadsheet.newsletters.issues.life import SOURCE
        from broadsheet.newsletters.recall import telling
        from broadsheet.newsletters.sending.minutes import keep_issues
        from broadsheet.newsletters.sending.renewal import renew
        from broadsheet.notices import seen
        from broadsheet.platform.signals import minute_passed

        sources.register(SOURCE, renew)
        sources.register(telling.SOURCE, telling.renew)
        seen.register("newsletters", telling.mailed_to)
        minute_passed.connect(keep_issues, dispatch_uid="newsletters.issues")
        minute_passed.connect(telling.tell_due, dispatch_uid="newsletters.recalls")
        page_published.connect(telling.note_corrections, dispatch_uid="newsletters.corrections")
