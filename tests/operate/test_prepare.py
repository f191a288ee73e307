"""What a start prepares is whole after a start that was cut off."""

from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection

from guanxi.config import prepare


@pytest.mark.django_db
def test_given_start_killed_while_it_migrates_then_no_later_one_lacks_the_cache(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def run(name: str, **options: Any) -> None:
        call_command(name, **options)
        if name == "migrate":
            raise KeyboardInterrupt

    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE foundation_cache")
    monkeypatch.setattr(prepare, "pending_migrations", lambda: ["foundation.0001"])
    monkeypatch.setattr(prepare, "call_command", run)

    with pytest.raises(KeyboardInterrupt):
        prepare.migrate()

    assert "foundation_cache" in connection.introspection.table_names()
