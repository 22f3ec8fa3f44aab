"""Mail and webhooks that come back about what was sent, as plain values. Knows no rows and no settings."""

from broadsheet.delivery.intake.reading import read
from broadsheet.delivery.intake.report import Kind, NotAReport, Report

__all__ = ["Kind", "NotAReport", "Report", "read"]
