"""PostgreSQL shows whose connection is whose."""

from pathlib import Path

import pytest

from tests.database import address_of_test_database
from tests.platform.conftest import run


@pytest.mark.postgresql
@pytest.mark.django_db
def test_connections_bear_the_name_of_their_process(tmp_path: Path) -> None:
    answer = run(
        "-c",
        "import django; django.setup()\n"
        "from broadsheet.platform.processes.naming import name_process\n"
        "from django.db import connection\n"
        "name_process('web')\n"
        "cursor = connection.cursor()\n"
        "cursor.execute('SHOW application_name')\n"
        "print(cursor.fetchone()[0])",
        DJANGO_SETTINGS_MODULE="broadsheet.settings",
        VAR_DIR=str(tmp_path),
        DATABASE_URL=address_of_test_database(),
    )
    assert answer.stdout == "broadsheet web\n", answer.stderr
