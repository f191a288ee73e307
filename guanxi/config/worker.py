"""The worker: runs queued jobs and what is due by the clock."""

from typing import cast

from django.conf import settings

from guanxi.config.prepare import set_up_django

# Long enough for the statement in hand; a job cut off is found by the sweep and retried.
GRACE_SECONDS = 20


def main() -> None:
    """Work until SIGTERM, then finish the jobs in hand."""
    set_up_django()
    from procrastinate.contrib.django import app  # noqa: PLC0415 -- after the setup
    from procrastinate.contrib.django.django_connector import (  # noqa: PLC0415
        DjangoConnector,
    )

    # The worker listens for new jobs, which Django's own connection cannot.
    connector = cast(DjangoConnector, app.connector).get_worker_connector()
    with app.replace_connector(connector) as worker_app:
        worker_app.run_worker(
            concurrency=settings.WORKER_THREADS,
            shutdown_graceful_timeout=GRACE_SECONDS,
            install_signal_handlers=True,
        )


if __name__ == "__main__":
    main()
