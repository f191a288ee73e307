"""``guanxi doctor``: what is wrong with this installation, and how to mend it."""

import shutil
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from gettext import gettext as _
from gettext import ngettext

from django.conf import settings
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from guanxi.config import assets, file_checks, key_ring, prepare
from guanxi.config.binaries import OLDEST_MAJOR
from guanxi.config.finding import Finding
from guanxi.config.health import WORKER_STARTED
from guanxi.config.jobs import count_undone_jobs
from guanxi.config.postgres import ensure_running
from guanxi.config.problems import SetupError
from guanxi.foundation import clock
from guanxi.foundation.access_log import verify
from guanxi.foundation.invariants import Invariant
from guanxi.foundation.paper.pdf import paper_problem
from guanxi.foundation.rooms import collected
from guanxi.foundation.sealing import rotation
from guanxi.foundation.sealing.ring import BadRing

LEAST_FREE_SHARE = 0.05
# The worker tells every ten seconds that it lives.
HEARTBEAT_PATIENCE = timedelta(seconds=45)
CLOCK_TOLERANCE = timedelta(seconds=5)
JOB_PATIENCE = timedelta(minutes=15)
MOST_RECORDS = 5
_BREAKING = """
    WITH broken (record) AS ({law})
    SELECT (SELECT count(*) FROM broken),
           ARRAY(SELECT record FROM broken ORDER BY length(record), record LIMIT %s)
"""


def examine() -> list[Finding]:
    """Make every check; those that need the database stop at one that is missing."""
    findings = [_disk(), _static(), _catalogues(), _paper()]
    try:
        with ensure_running():
            findings += [_version(), _migrations()]
            if findings[-1].is_well:
                findings += [check() for check in _IN_DATABASE]
                findings += [_invariant(one) for one in collected("invariants")]
    except SetupError as error:
        findings.append(
            Finding(
                "database",
                _("Database"),
                is_well=False,
                found=str(error),
                mend=_("Start it, or correct DATABASE_URL."),
            )
        )
    return findings


def facts(findings: list[Finding]) -> dict[str, object]:
    """Return the findings as plain values for JSON."""
    return {
        "is_well": all(one.is_well for one in findings),
        "findings": [_fact(one) for one in findings],
    }


def _fact(one: Finding) -> dict[str, object]:
    return asdict(one) | {"mend": "" if one.is_well else one.mend}


def told(findings: list[Finding]) -> str:
    """Return the findings as lines for people."""
    return "\n".join(line for one in findings for line in _lines(one))


def _lines(one: Finding) -> Iterator[str]:
    mark = "✓" if one.is_well else "✗"
    told = _("%(name)s: %(found)s") % {"name": one.name, "found": one.found}
    yield f"{mark} {told}"
    if not one.is_well and one.mend:
        yield f"  → {one.mend}"


def _disk() -> Finding:
    usage = shutil.disk_usage(settings.HOME)
    share = usage.free / usage.total
    return Finding(
        "disk",
        _("Disk"),
        is_well=share > LEAST_FREE_SHARE,
        found=_("%(percent)s %% of %(folder)s is free")
        % {"percent": int(share * 100), "folder": settings.HOME},
        mend=_("Make room, or move the data folder to a larger disk."),
    )


def _static() -> Finding:
    is_fresh = prepare.are_static_files_fresh()
    return Finding(
        "static_files",
        _("Static files"),
        is_well=is_fresh,
        found=_("up to date") if is_fresh else _("missing or out of date"),
        mend=_("Start Guanxi once with “guanxi run”: it collects them."),
    )


def _paper() -> Finding:
    problem = str(paper_problem())
    return Finding(
        "documents",
        _("PDF documents"),
        is_well=not problem,
        found=_("cannot be written") if problem else _("can be written"),
        mend=problem,
    )


def _catalogues() -> Finding:
    stale = assets.stale_catalogues()
    return Finding(
        "translations",
        _("Translations"),
        is_well=not stale,
        found=", ".join(stale) or _("up to date"),
        mend=_("Start Guanxi once with “guanxi run”: it compiles them."),
    )


def _version() -> Finding:
    with connection.cursor() as cursor:
        cursor.execute("SHOW server_version")
        (shown,) = cursor.fetchone() or ("0",)
    major = int(shown.partition(".")[0])
    return Finding(
        "database",
        _("Database"),
        is_well=major >= OLDEST_MAJOR,
        found=f"PostgreSQL {shown}",
        mend=_("Use PostgreSQL %(oldest)s or newer.") % {"oldest": OLDEST_MAJOR},
    )


def _migrations() -> Finding:
    pending = prepare.pending_migrations()
    return Finding(
        "migrations",
        _("Migrations"),
        is_well=not pending,
        found=", ".join(pending) or _("all applied"),
        mend=_("Start Guanxi once with “guanxi run”: it applies them."),
    )


def _worker() -> Finding:
    latest = _value("SELECT max(last_heartbeat) FROM procrastinate_workers")
    heard_at = latest if isinstance(latest, datetime) else None
    started_at = None if _is_fresh(heard_at) else _worker_started_at()
    if started_at:
        found = _("starting since %(at)s") % {"at": local(started_at)}
    elif heard_at:
        found = _("last heard at %(at)s") % {"at": local(heard_at)}
    else:
        found = _("never heard")
    return Finding(
        "worker",
        _("Worker"),
        is_well=_is_fresh(heard_at) or _is_fresh(started_at),
        found=found,
        mend=_("Start Guanxi with “guanxi run”, or its worker process."),
    )


def _is_fresh(at: datetime | None) -> bool:
    return at is not None and clock.now() - at < HEARTBEAT_PATIENCE


def _worker_started_at() -> datetime | None:
    """Return when this house started its worker, if that is so short ago that it counts."""
    try:
        written = (settings.HOME / WORKER_STARTED).stat().st_mtime
    except FileNotFoundError:
        return None
    started_at = datetime.fromtimestamp(written, UTC)
    return started_at if _is_fresh(started_at) else None


def _keys() -> Finding:
    """Tell which keys protect values, and whether the ring has each and it opens one."""
    used, wrong, refusal = rotation.uses(), set[str](), ""
    try:
        ring = key_ring.present()
        wrong |= {*key_ring.lost(ring, used), *(rotation.closed(ring) if ring else ())}
    except BadRing as error:
        refusal = error.message
    place = key_ring.SETTING if key_ring.is_given() else key_ring.path()
    return Finding(
        "key_ring",
        _("Key ring"),
        is_well=not wrong and not refusal,
        found=refusal or _told_keys(used, wrong),
        mend=_(
            "Put %(place)s back from a backup or from where it is kept: what a lost key "
            "protects cannot be read without it."
        )
        % {"place": place},
    )


def _told_keys(used: Mapping[str, int], wrong: Collection[str]) -> str:
    well, ill = (
        _("%(key)s: %(count)s values"),
        _("%(key)s is missing or wrong: %(count)s values"),
    )
    told = [
        (ill if key in wrong else well) % {"key": key, "count": count}
        for key, count in sorted(used.items())
    ]
    return ", ".join(told) or _("no protected values yet")


def _access_log() -> Finding:
    """Check what was chained since the last full check, and how that ended."""
    try:
        flaw = verify.since_last_check().told
    except BadRing as error:
        flaw = error.message
    since = None if flaw else verify.waiting_since()
    is_late = since is not None and clock.now() - since > JOB_PATIENCE
    changed = _(
        "Somebody wrote in the database by hand: compare it with a backup. “guanxi audit "
        "verify” goes through the whole log."
    )
    return Finding(
        "access_log",
        _("Access log"),
        is_well=not flaw and not is_late,
        found=flaw or _told_chain(since if is_late else None),
        mend=_("Start a worker: it chains them.") if is_late else changed,
    )


def _told_chain(since: datetime | None) -> str:
    if since is not None:
        return _("rows wait to be chained since %(at)s") % {"at": local(since)}
    last = verify.last_check()
    if last is None:
        return _("holds")
    return _("holds; checked as a whole at %(at)s") % {"at": local(last.at)}


def _clock() -> Finding:
    told_at = _value("SELECT clock_timestamp()")
    skew = (
        abs(clock.now() - told_at) if isinstance(told_at, datetime) else timedelta.max
    )
    return Finding(
        "clock",
        _("Clock"),
        is_well=skew < CLOCK_TOLERANCE,
        found=_("%(seconds).1f s from the database's")
        % {"seconds": skew.total_seconds()},
        mend=_("Switch on time synchronization on both machines."),
    )


def _failed_jobs() -> Finding:
    count = count_undone_jobs()
    return Finding(
        "failed_jobs",
        _("Failed jobs"),
        is_well=not count,
        found=ngettext("%(count)s job", "%(count)s jobs", count) % {"count": count},
        mend=_(
            "“guanxi jobs list” names them, the worker's log has the reason; mend that, "
            "then “guanxi jobs retry”."
        ),
    )


def _waiting_jobs() -> Finding:
    count = _number(
        "SELECT count(*) FROM procrastinate_jobs j LEFT JOIN procrastinate_workers w "
        "ON w.id = j.worker_id WHERE (status = 'doing' AND "
        "(w.id IS NULL OR w.last_heartbeat < %(silent)s)) OR (status = 'todo' AND "
        "coalesce(scheduled_at, '-infinity') < %(overdue)s AND EXISTS (SELECT FROM "
        "procrastinate_events e WHERE e.job_id = j.id AND e.type = 'deferred' "
        "AND e.at < %(overdue)s))",
        silent=clock.now() - HEARTBEAT_PATIENCE,
        overdue=clock.now() - JOB_PATIENCE,
    )
    return Finding(
        "stalled_jobs",
        _("Stalled jobs"),
        is_well=not count,
        found=ngettext("%(count)s job", "%(count)s jobs", count) % {"count": count},
        mend=_("A running worker takes them up again within minutes: start one."),
    )


def local(at: datetime) -> str:
    """Return ``at`` as the clock of the house shows it."""
    return timezone.localtime(at).strftime("%Y-%m-%d %H:%M:%S")


_IN_DATABASE: tuple[Callable[[], Finding], ...] = (
    _keys,
    _access_log,
    _worker,
    _clock,
    _failed_jobs,
    _waiting_jobs,
    file_checks.files,
    file_checks.scanner,
)


def _invariant(law: Invariant) -> Finding:
    """Ask one law in a transaction of its own, so that a slow or wrong one is alone."""
    try:
        with transaction.atomic():
            count, records = _breaking(law)
    except DatabaseError as error:
        found = str(error).strip()
        return Finding(law.key, str(law.name), is_well=False, found=found)
    return Finding(
        law.key,
        str(law.name),
        is_well=not count,
        found=_broken(count, records) if count else _("holds"),
        mend=str(law.mend),
        records=records,
    )


def _breaking(law: Invariant) -> tuple[int, tuple[str, ...]]:
    """Return how many records break ``law``, and the addresses of the first."""
    with connection.cursor() as cursor:
        cursor.execute(_BREAKING.format(law=law.sql), [MOST_RECORDS])
        count, records = cursor.fetchone() or (0, [])
    return count, tuple(records)


def _broken(count: int, records: tuple[str, ...]) -> str:
    more = _(", ") + "…" if count > len(records) else ""
    return ngettext(
        "%(count)s record breaks it: %(records)s",
        "%(count)s records break it: %(records)s",
        count,
    ) % {"count": count, "records": _(", ").join(records) + more}


def _number(query: str, **values: datetime) -> int:
    found = _value(query, **values)
    return found if isinstance(found, int) else 0


def _value(query: str, **values: datetime) -> object:
    with connection.cursor() as cursor:
        cursor.execute(query, values or None)
        row = cursor.fetchone()
    return row[0] if row else None
