"""The worker: runs queued jobs and what is due by the clock."""

import asyncio
import logging
from collections.abc import Iterable
from zoneinfo import ZoneInfo

from django.conf import settings
from procrastinate import JobContext, PsycopgConnector
from procrastinate.connector import Notify
from procrastinate.contrib.django import app
from procrastinate.contrib.django.utils import connector_params
from procrastinate.exceptions import ConnectorException
from procrastinate.jobs import Status

from guanxi.config.language import speak
from guanxi.config.prepare import set_up_django
from guanxi.foundation import clock
from guanxi.foundation.jobs import keep_time_of

# Long enough for the statement in hand; a job cut off is found by the sweep.
GRACE_SECONDS = 20
SILENCE_SECONDS = 30.0
# A long import may see some restarts; a job that was cut off this often causes them.
MOST_ATTEMPTS = 20
LISTEN_AGAIN_SECONDS = 1.0

logger = logging.getLogger(__name__)


def main() -> None:
    """Work until SIGTERM, then finish the jobs in hand."""
    speak()
    set_up_django()
    sweep = app.task(
        name="config.take_up_stalled",
        queue="clock",
        queueing_lock="config.take_up_stalled",
        pass_context=True,
    )(take_up_stalled)
    app.periodic(cron="* * * * *")(sweep)
    keep_time_of(ZoneInfo(settings.TIME_ZONE), clock.now())
    connector = PersistentConnector(kwargs=connector_params("default"))
    with app.replace_connector(connector) as worker_app:
        worker_app.run_worker(
            concurrency=settings.WORKER_THREADS,
            shutdown_graceful_timeout=GRACE_SECONDS,
            # Nobody reads what went well; with every event it would grow for ever.
            delete_jobs="successful",
        )


class PersistentConnector(PsycopgConnector):
    """Listens again after the database was away; the original gives up for good."""

    async def listen_notify(
        self, on_notification: Notify, channels: Iterable[str]
    ) -> None:
        """Hear of new jobs until the worker ends."""
        while True:
            try:
                await super().listen_notify(on_notification, channels)
            except ConnectorException as error:
                logger.warning("Listening for jobs again soon: %s", error.__cause__)
            await asyncio.sleep(LISTEN_AGAIN_SECONDS)


async def take_up_stalled(context: JobContext, timestamp: int) -> None:
    """Queue again what a worker had in hand when it was killed; park what kills it."""
    jobs = context.app.job_manager
    for job in await jobs.get_stalled_jobs(seconds_since_heartbeat=SILENCE_SECONDS):
        if job.attempts < MOST_ATTEMPTS:
            logger.warning("Job %s (%s) is taken up again.", job.id, job.task_name)
            await jobs.retry_job(job)
        else:
            logger.error("Job %s (%s) ends its workers: parked.", job.id, job.task_name)
            await jobs.finish_job(job, status=Status.FAILED, delete_job=False)


if __name__ == "__main__":
    main()
