import pytest
from django.db import IntegrityError, transaction

from broadsheet.newsletters.models import Mailbox
from broadsheet.platform import clock
from broadsheet.platform.new_rows import NewRows

pytestmark = pytest.mark.django_db


def test_rows_are_what_the_model_would_have_made_of_them() -> None:
    now = clock.now()
    keys = NewRows(Mailbox, ["address"], edition="en-us", created_at=now).insert(
        [("ada@readers.example",), ("bea@readers.example",)]
    )
    made = Mailbox.objects.create(address="cem@readers.example", edition="en-us", created_at=now)
    ada, bea = Mailbox.objects.in_bulk(list(keys)).values()
    fields = [field.attname for field in Mailbox._meta.concrete_fields if field.name not in {"id", "address"}]
    assert [ada.address, bea.address] == ["ada@readers.example", "bea@readers.example"]
    assert all(getattr(ada, name) == getattr(made, name) for name in fields)
    assert sorted({ada.pk, bea.pk, made.pk}) == [ada.pk, bea.pk, made.pk]


def test_what_must_hold_the_database_holds() -> None:
    rows = NewRows(Mailbox, ["address"], edition="en-us")
    with pytest.raises(IntegrityError), transaction.atomic():
        rows.insert([("ada@readers.example",), ("ada@readers.example",)])
    assert not Mailbox.objects.exists()
