from django.apps import AppConfig


class DeliveryConfig(AppConfig):
    name = "broadsheet.delivery"

    def ready(self) -> None:
        from anymail.signals import tracking

        from broadsheet.delivery import from_file, letters, sources
        from broadsheet.delivery.provider import news
        from broadsheet.platform.signals import minute_passed

        sources.register(from_file.SOURCE, sources.as_they_are)
        minute_passed.connect(letters.forget_old, dispatch_uid="delivery.letters")
        tracking.connect(news.take_in, dispatch_uid="delivery.news")
