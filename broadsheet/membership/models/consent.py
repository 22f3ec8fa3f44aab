from django.conf import settings
from django.db import models

from broadsheet.membership.models.subscription.subscription import Subscription
from broadsheet.platform import clock


class Consent(models.Model):
    """That somebody agreed to the terms on the page: which words, when, from where. Written once."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="consents")
    subscription = models.ForeignKey(
        Subscription, on_delete=models.CASCADE, null=True, related_name="consents"
    )
    text = models.TextField()
    address = models.GenericIPAddressField(null=True)
    given_at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering = ["given_at", "pk"]

    def __str__(self) -> str:
        return f"{self.person}, {self.given_at:%Y-%m-%d %H:%M}"
