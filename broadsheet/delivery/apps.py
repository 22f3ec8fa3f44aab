from django.apps import AppConfig


class DeliveryConfig(AppConfig):
    name = "broadsheet.delivery"

    def ready(self) -> None:
        from anymail.signals import tracking

        from broadsheet.delivery import letters, message_files, sources
        from broadsheet.delivery.provider import tracking as webhook_events
        from broadsheet.platform.signals import minute_passed

        sources.register(message_files.SOURCE, sources.unchanged)
        minute_passed.connect(letters.forget_old, dispatch_uid="delivery.letters")
        tracking.connect(webhook_events.take_in, dispatch_uid="delivery.webhooks")
