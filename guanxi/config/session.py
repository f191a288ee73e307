"""The open house around the body of a console command."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.utils.translation import gettext_noop

from guanxi.config import prepare, swap
from guanxi.config.postgres import ensure_running
from guanxi.foundation.actor import System

# Whoever can run a command in the data folder may do everything there.
CONSOLE = System(gettext_noop("console"))


@contextmanager
def house_open() -> Iterator[None]:
    """
    Give the block a running, migrated database; Django is set up by then.

    Who was erased and came back with an older backup is erased again first.

    :raises SetupError: if the database does not answer and cannot be started.
    """
    with ensure_running() as url:
        swap.settle(url)
        prepare.migrate()
        prepare.erase_again()
        yield
