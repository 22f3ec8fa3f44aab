"""Files in the storage of uploads, in step with the rows that name them."""

from contextlib import suppress
from typing import Any

from django.db import transaction


def forget_file(file: Any) -> None:
    """Deletes what a file field names, once the transaction is done in which no row names it any more."""
    if not file:
        return
    storage, name = file.storage, file.name

    def delete() -> None:
        with suppress(OSError):
            storage.delete(name)

    transaction.on_commit(delete)
