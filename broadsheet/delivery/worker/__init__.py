"""The process that sends: it joins the rows, the journal and the wire."""

from broadsheet.delivery.worker.worker import Worker

__all__ = ["Worker"]
