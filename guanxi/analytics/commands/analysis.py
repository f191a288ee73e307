"""Run the analysis: facts in, traits out."""

import json
from collections.abc import Mapping
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from django.db import DatabaseError, transaction
from django.utils.timezone import get_default_timezone, localdate
from django.utils.translation import gettext as _

from guanxi.analytics.events import ThresholdsChanged
from guanxi.analytics.models import AnalysisRun, AnalysisSetting
from guanxi.analytics.queries import SETTINGS, analysis_settings
from guanxi.foundation.actor import Actor
from guanxi.foundation.clock import now
from guanxi.foundation.commands import command
from guanxi.foundation.errors import Refused
from guanxi.foundation.events import publish
from guanxi.foundation.jobs import job

if TYPE_CHECKING:
    from guanxi.analytics.scoring import Outcome


_UNFINISHED = (AnalysisRun.State.QUEUED, AnalysisRun.State.RUNNING)


class AnalysisRunning(Refused):
    """Another analysis has not finished yet."""

    code = "analysis_running"


class DayToCome(Refused):
    """Nothing is known of that day: everybody would seem to have gone silent."""

    code = "day_to_come"


@command(needs="analysis.run")
def request_analysis(by: Actor, *, as_of: date, at: datetime) -> AnalysisRun:
    """
    Queue an analysis as of the end of the day ``as_of``.

    :raises AnalysisRunning: if one is queued or running already.
    :raises DayToCome: if that day has not begun.
    """
    if AnalysisRun.objects.filter(state__in=_UNFINISHED).exists():
        raise AnalysisRunning(_("An analysis is running. Wait until it has finished."))
    run = _new_run(by, as_of, at)
    execute.later(run_id=run.pk)
    return run


@command(needs="analysis.run")
def run_analysis(by: Actor, *, as_of: date, at: datetime) -> "Outcome":
    """
    Analyze everything as of the end of the day ``as_of``, now.

    :raises DayToCome: if that day has not begun.
    """
    return _score(_new_run(by, as_of, at))


@command(needs="analysis.configure")
def set_analysis_settings(
    by: Actor, *, values: Mapping[str, Any], at: datetime
) -> AnalysisSetting:
    """
    Keep ``values`` (as ``AnalysisSettings`` names them) for the next runs.

    :raises ValueError: if a value breaks its law.
    """
    SETTINGS.validate_python(values)
    before = _audited()
    saved, _created = AnalysisSetting.objects.update_or_create(
        pk=1, defaults={"values": dict(values)}
    )
    after = _audited()
    publish(
        ThresholdsChanged(at=at),
        changes={k: (before[k], after[k]) for k in after if before[k] != after[k]},
    )
    return saved


@job(queue="analysis")
def execute(*, run_id: int) -> None:
    """
    Carry out a requested run; what fails is written down with its reason.

    One that is running already was in the hands of a worker that was killed: it begins
    anew.
    """
    unfinished = AnalysisRun.objects.filter(pk=run_id, state__in=_UNFINISHED)
    unfinished.update(state=AnalysisRun.State.RUNNING)
    try:
        with transaction.atomic():
            run = unfinished.select_for_update().first()
            if run is not None:
                _score(run)
    except (OSError, ValueError, DatabaseError) as error:
        AnalysisRun.objects.filter(pk=run_id).update(
            state=AnalysisRun.State.FAILED, problem=str(error), finished_at=now()
        )
        raise


def _audited() -> dict[str, str]:
    """Return what the audit compares of the settings, law by law."""
    laws = SETTINGS.dump_python(analysis_settings(), mode="json")
    return {name: json.dumps(values) for name, values in laws.items()}


def _new_run(by: Actor, as_of: date, at: datetime) -> AnalysisRun:
    if as_of > localdate(at, get_default_timezone()):
        raise DayToCome(
            _("This day is yet to come. Choose today or an earlier day."), field="as_of"
        )
    return AnalysisRun.objects.create(
        as_of=as_of, requested_by_id=by.actor_id, requested_at=at
    )


def _score(run: AnalysisRun) -> "Outcome":
    from guanxi.analytics.scoring import score  # noqa: PLC0415 -- loads the engines

    return score(run)
