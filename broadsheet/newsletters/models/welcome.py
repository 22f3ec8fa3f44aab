from django.db import models

from broadsheet.newsletters.models.issue import Issue
from broadsheet.newsletters.models.sign_up import SignUp
from broadsheet.platform import clock


class Welcomed(models.Model):
    """That a new reader got one letter of the series: each once, also if they leave and come back."""

    sign_up = models.ForeignKey(SignUp, on_delete=models.CASCADE, related_name="welcomed")
    day = models.PositiveSmallIntegerField()
    issue = models.ForeignKey(Issue, on_delete=models.CASCADE, related_name="welcomed")
    at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["sign_up", "day"], name="welcomed_once_a_day_of_the_series")
        ]

    def __str__(self) -> str:
        return f"{self.sign_up}: {self.day}"
