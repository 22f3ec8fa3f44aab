"""The files of fulfilment houses: read, checked, applied; and the readers whom their subscribers are."""
