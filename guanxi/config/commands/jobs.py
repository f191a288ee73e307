"""``guanxi jobs``: what the worker could not do, and doing it again."""

from collections.abc import Sequence
from dataclasses import asdict
from gettext import gettext as _
from gettext import ngettext

import click

from guanxi.config.doctor import local
from guanxi.config.jobs import UndoneJob, retry_jobs, undone_jobs
from guanxi.config.reports import json_option, report
from guanxi.config.session import house_open
from guanxi.foundation import clock


@click.group("jobs", help=_("List the jobs that failed, and retry them."))
def command() -> None:
    """Group the commands about jobs."""


@command.command("list", help=_("List the jobs that failed or were aborted."))
@json_option
def list_jobs(*, as_json: bool) -> None:
    """Report every job that ended without being done."""
    with house_open():
        found = undone_jobs()
    lines = [_line(job) for job in found]
    facts = [asdict(job) for job in found]
    report(facts, "\n".join(lines) or _("There are no failed jobs."), as_json=as_json)


@command.command(
    "retry",
    help=_("Queue failed jobs again: those named by their number, or all of them."),
)
@click.argument("job_ids", type=int, nargs=-1)
@json_option
def retry(job_ids: tuple[int, ...], *, as_json: bool) -> None:
    """Let the worker do the jobs again."""
    with house_open():
        pks = _chosen(job_ids, [job.id for job in undone_jobs()])
        retry_jobs(pks, at=clock.now())
    told = ngettext(
        "%(count)s job is queued again; a running worker does it within seconds.",
        "%(count)s jobs are queued again; a running worker does them within seconds.",
        len(pks),
    )
    report({"retried": pks}, told % {"count": len(pks)}, as_json=as_json)


def _line(job: UndoneJob) -> str:
    states = {"failed": _("failed"), "aborted": _("aborted")}
    ended = local(job.ended_at) if job.ended_at else ""
    return "\t".join([str(job.id), job.task, states[job.state], ended])


def _chosen(wanted: Sequence[int], undone: Sequence[int]) -> list[int]:
    """
    Return the jobs to retry.

    :raises click.UsageError: if one of ``wanted`` is not among the undone ones.
    """
    for pk in wanted:
        if pk not in undone:
            raise click.UsageError(
                _("There is no failed job %(id)s: see “guanxi jobs list”.") % {"id": pk}
            )
    return sorted(set(wanted)) or list(undone)
