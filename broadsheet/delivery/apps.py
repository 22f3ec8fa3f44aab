from django.apps import AppConfig
from django.core.checks import register


class DeliveryConfig(AppConfig):
    name = "broadsheet.delivery"

    def ready(self) -> None:
        from anymail.signals import inbound, tracking

        from broadsheet.delivery import letters, message_files, post_room, readiness, sources
        from broadsheet.delivery.models import Batch, Lane
        from broadsheet.delivery.provider import arriving as arriving_mail
        from broadsheet.delivery.provider import tracking as webhook_events
        from broadsheet.platform.processes import background, metrics
        from broadsheet.platform.processes.readiness import TAG
        from broadsheet.platform.signals import minute_passed

        sources.register(message_files.SOURCE, sources.unchanged)
        minute_passed.connect(letters.forget_old, dispatch_uid="delivery.letters")
        tracking.connect(webhook_events.take_in, dispatch_uid="delivery.webhooks")
        inbound.connect(arriving_mail.take_in, dispatch_uid="delivery.arriving")
        metrics.register(
            "batches_due",
            "Batches of messages that wait for the post",
            lambda: Batch.objects.due(*Lane).count(),
        )
        metrics.register(
            "batches_stuck", "Batches that somebody must look at", lambda: Batch.objects.stuck().count()
        )
        background.register("post", post_room.work)
        for check in (readiness.check_mail_server, readiness.check_dkim_record):
            register(check, TAG, deploy=True)
