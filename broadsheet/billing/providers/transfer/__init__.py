from broadsheet.billing.providers.transfer.transfer import Transfer, record_transfer

__all__ = ["Transfer", "record_transfer"]
