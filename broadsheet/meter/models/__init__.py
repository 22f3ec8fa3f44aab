from broadsheet.meter.models.grant import Grant, GrantQuerySet, merge, spend
from broadsheet.meter.models.meter import Meter

__all__ = ["Grant", "GrantQuerySet", "Meter", "merge", "spend"]
