"""What a command left behind."""

from django.db import connection

from guanxi.foundation.models import LoggedEvent


def log() -> list[str]:
    return list(LoggedEvent.objects.order_by("pk").values_list("name", flat=True))


def written() -> int:
    """Return how many rows this transaction has written, undone ones included."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT coalesce(sum(n_tup_ins + n_tup_upd + n_tup_del), 0)"
            " FROM pg_stat_xact_user_tables"
        )
        return int(cursor.fetchone()[0])
