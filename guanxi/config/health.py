"""Two questions of a load balancer: does the process live, and may it get work?"""

import logging

import psycopg
from django.conf import settings
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

PATIENCE_SECONDS = 1
DRAINING = "draining"
# As old as the start of the worker, which is heard when it has read all rooms.
WORKER_STARTED = "worker-started"
READYZ = "/readyz"

# Once applied, migrations stay applied for the life of a process.
_migrated: set[str] = set()


@never_cache
@require_safe
def healthz(request: HttpRequest) -> JsonResponse:
    """Answer 200 as long as the process can answer at all."""
    return JsonResponse({"status": "ok"})


@never_cache
@require_safe
def readyz(request: HttpRequest) -> JsonResponse:
    """Answer 200 when the process may get work; else 503 with what is missing."""
    missing = not_ready()
    status = 503 if missing else 200
    return JsonResponse({"status": missing or "ready"}, status=status)


class Answers(logging.Filter):
    """Leaves out that a house which is about to end answers so: nothing is wrong."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Tell whether ``record`` of an answered request is to be written."""
        path = getattr(getattr(record, "request", None), "path", "")
        return path != READYZ or not _is_draining()


def not_ready() -> str:
    """Return ``draining``, ``database`` or ``migrations``; empty when all is well."""
    if _is_draining():
        return "draining"
    if not _database_answers():
        return "database"
    return "" if _is_migrated() else "migrations"


def _is_draining() -> bool:
    return bool((settings.HOME / DRAINING).exists())


def _database_answers() -> bool:
    """Ask on a connection of its own: a pooled one could wait on a stopped server."""
    wanted = connection.get_connection_params() | {"connect_timeout": PATIENCE_SECONDS}
    try:
        with psycopg.connect(**wanted) as asked:
            asked.execute("SELECT 1")
    except psycopg.Error:
        return False
    return True


def _is_migrated() -> bool:
    if connection.alias not in _migrated:
        executor = MigrationExecutor(connection)
        if executor.migration_plan(executor.loader.graph.leaf_nodes()):
            return False
        _migrated.add(connection.alias)
    return True
