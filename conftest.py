"""One PostgreSQL for the whole test run, unless DATABASE_URL names another."""

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
    stack.enter_context(owned_server(options={"fsync": "off"}))


@pytest.fixture(autouse=True)
def _nothing_remembered() -> None:
    """Start every test without what is remembered: what was rolled back may come again."""
    # Only now: the settings are read when the first module of the house is.
    from guanxi.foundation.arranged import forget_arranged, heed  # noqa: PLC0415 -- see above

    forget_arranged()
    heed(0)
