"""One PostgreSQL for the whole test run, unless DATABASE_URL names another."""

import gc
from contextlib import ExitStack

import pytest
from hypothesis import HealthCheck, settings

from guanxi.config.postgres import given_url, owned_server

# A busy machine is slow, which says nothing about the code.
settings.register_profile(
    "house", deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("house")


def pytest_configure(config: pytest.Config) -> None:
    """Start the server in the process that starts the others, and stop it there."""
    if given_url() or hasattr(config, "workerinput"):
        return
    stack = ExitStack()
    config.add_cleanup(stack.close)
    # What a test writes need not survive a power cut.
    lasting = ("fsync", "full_page_writes", "synchronous_commit")
    stack.enter_context(owned_server(options=dict.fromkeys(lasting, "off")))


def pytest_collection_finish() -> None:
    """Do not look for rubbish among what was imported, which stays to the end."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 100)


def pytest_sessionfinish() -> None:
    """Let extension modules count at the end what they gave out."""
    gc.unfreeze()


@pytest.fixture(autouse=True)
def _nothing_loaded(request: pytest.FixtureRequest) -> None:
    """Start every test with an empty warehouse, which no other one loads anything into."""
    if request.node.get_closest_marker("django_db") or "db" in request.fixturenames:
        settings = request.getfixturevalue("settings")
        settings.WAREHOUSE_ROOT = request.getfixturevalue("tmp_path") / "warehouse"


@pytest.fixture(autouse=True)
def _nothing_remembered() -> None:
    """Start every test without what is remembered: what was rolled back may come again."""
    # Only now: the settings are read when the first module of the house is.
    from guanxi.foundation.arranged import forget_arranged, heed  # noqa: PLC0415 -- see above

    forget_arranged()
    heed(0)
