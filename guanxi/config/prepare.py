"""What must be done before the web may start; each step does only what is stale."""

import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from gettext import gettext as _
from pathlib import Path

import django
from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.utils import translation
from django.utils.translation import gettext_noop

from guanxi.config import assets, first_login, key_ring, language
from guanxi.config.freshness import note_prepared
from guanxi.config.postgres import database_url
from guanxi.config.reports import tell_step
from guanxi.foundation import clock
from guanxi.foundation.actor import System

# Any fixed number: one process at a time migrates a database that several share.
MIGRATION_LOCK = 7_210_346


def main() -> None:
    """Bring database, catalogues, static files and demo data up to date."""
    assets.compile_messages()
    language.speak()
    set_up_django()
    migrate()
    make_key_ring()
    erase_again()
    collect_static()
    ship_roles()
    ship_codes()
    ship_fields()
    ship_stages()
    ship_tier_handlings()
    ship_segments()
    first_login.ensure()
    if settings.DEMO:
        from guanxi.config import demo  # noqa: PLC0415 -- it reads the models

        demo.load_once()
    note_prepared(database_url())


def set_up_django() -> None:
    """Load settings and models, and speak the language of the settings."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "guanxi.config.settings")
    # A job may take its time, and name more records at once than a prepared statement
    # has places for.
    os.environ.setdefault("GUANXI_STATEMENT_SECONDS", "0")
    os.environ.setdefault("GUANXI_PREPARED_STATEMENTS", "0")
    django.setup()
    translation.activate(settings.LANGUAGE_CODE)


def migrate() -> None:
    """Apply the migrations that are missing; one process at a time."""
    if not pending_migrations():
        return
    tell_step(_("Preparing the database …"))
    with _alone():
        if pending_migrations():
            # First what no migration tells of: a start that is cut off comes here again.
            _make_cache()
            make_key_ring()
            call_command("migrate", interactive=False, verbosity=0)


def _make_cache() -> None:
    """Make the table of what may be lost: throttles and the like, written all the time."""
    call_command("createcachetable", verbosity=0)
    with connection.cursor() as cursor:
        # Not written ahead: no request to a program waits for the disk.
        cursor.execute("ALTER TABLE foundation_cache SET UNLOGGED")


def make_key_ring() -> None:
    """Make the keys of sealed columns, unless there are some."""
    from guanxi.foundation.sealing import rotation  # noqa: PLC0415 -- it reads the models

    key_ring.ensure(rotation.uses, at=clock.now())


def erase_again() -> None:
    """Erase who was erased before, and is back with an older backup."""
    from guanxi.customers.commands import erasure  # noqa: PLC0415 -- it reads the models

    count = erasure.erase_again(erasure.all_tombstones(), at=clock.now())
    if count:
        told = _("%(count)s erased persons were in the backup; they are erased again.")
        tell_step(told % {"count": count})


def ship_roles() -> None:
    """Bring the product's roles, and rights that a new release added, to the database."""
    from guanxi.identity.commands import role  # noqa: PLC0415 -- it reads the models

    role.ship_roles(System(gettext_noop("start")))


def ship_codes() -> None:
    """Bring the product's code lists of customer kinds to the database."""
    from guanxi.customers.commands import code  # noqa: PLC0415 -- it reads the models

    code.ship_codes(System(gettext_noop("start")))


def ship_fields() -> None:
    """Bring the fields of customers that the product comes with to the database."""
    from guanxi.customers.commands import ship_fields  # noqa: PLC0415 -- it reads the models

    ship_fields.ship_fields(System(gettext_noop("start")))


def ship_stages() -> None:
    """Make the stages of opportunities that come along."""
    from guanxi.sales.commands import pipeline  # noqa: PLC0415 -- it reads the models

    pipeline.ship_stages(System(gettext_noop("start")))


def ship_tier_handlings() -> None:
    """Bring to the database how the product speaks to each tier of customers."""
    from guanxi.customers.commands import handling  # noqa: PLC0415 -- it reads the models

    handling.ship_tier_handlings(System(gettext_noop("start")))


def ship_segments() -> None:
    """Bring the segments that the product comes with to the database."""
    from guanxi.customers.commands import ship_segments  # noqa: PLC0415 -- it reads the models
    from guanxi.sales.queries.tally import NEW_BUSINESS  # noqa: PLC0415 -- it reads the models

    start = System(gettext_noop("start"))
    ship_segments.ship_segments(start, [NEW_BUSINESS], at=clock.now())


def pending_migrations() -> list[str]:
    """Return the migrations not yet applied as ``app.name``, in their order."""
    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    return [f"{migration.app_label}.{migration.name}" for migration, _back in plan]


def collect_static() -> None:
    """Collect and compress the static files when one of them changed."""
    if are_static_files_fresh():
        return
    tell_step(_("Collecting the static files …"))
    _stamp().unlink(missing_ok=True)
    call_command("collectstatic", interactive=False, clear=True, verbosity=0)
    _stamp().write_text(_static_fingerprint())


def are_static_files_fresh() -> bool:
    """Tell whether the collected static files are those of this release."""
    return _stamp().exists() and _stamp().read_text() == _static_fingerprint()


def _stamp() -> Path:
    return Path(settings.STATIC_ROOT) / ".fingerprint"


def _static_fingerprint() -> str:
    """Return a hash over name, size and age of every static file."""
    seen = hashlib.sha256()
    for finder in get_finders():
        for name, storage in finder.list([]):
            facts = os.stat(storage.path(name))
            seen.update(f"{name} {facts.st_size} {facts.st_mtime_ns}\n".encode())
    return seen.hexdigest()


@contextmanager
def _alone() -> Iterator[None]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [MIGRATION_LOCK])
        try:
            yield
        finally:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [MIGRATION_LOCK])


if __name__ == "__main__":
    main()
