"""What the foundation itself shows: the audit."""

from django.utils.translation import gettext_lazy as _

from guanxi.foundation.access_log.seal import seal
from guanxi.foundation.access_log.verify import check
from guanxi.foundation.audit_pages import ACCESS, CHANGES
from guanxi.foundation.days import policies  # noqa: F401 -- to be known
from guanxi.foundation.erasing.declared import Impersonal
from guanxi.foundation.files.jobs import examine, examine_waiting, forget_strays
from guanxi.foundation.forgetting import (
    forget_accesses,
    forget_cached,
    forget_deliveries,
    forget_jobs,
)
from guanxi.foundation.imports import jobs  # noqa: F401 -- the worker must know them
from guanxi.foundation.imports.source import forget_files
from guanxi.foundation.imports.tables import IMPORTS
from guanxi.foundation.recipients import scanner
from guanxi.foundation.rest.repeat import forget_answers, forget_contents
from guanxi.foundation.rooms import Create, Nav, Room

room = Room(
    nav=[
        Nav(
            _("Imports"),
            "imports:runs",
            needs="import_run.read",
            icon="file-import",
            group=_("Settings"),
            order=95,
        ),
        Nav(
            _("Working days"),
            "foundation:working_days",
            needs="special_day.read",
            icon="calendar",
            group=_("Settings"),
            order=94,
        ),
        Nav(
            _("Audit log"),
            "foundation:audit",
            needs="audit.read",
            icon="history",
            group=_("Settings"),
            order=97,
        ),
        Nav(
            _("Access log"),
            "foundation:access",
            needs="audit.read",
            icon="eye",
            group=_("Settings"),
            order=98,
        ),
    ],
    creates=[
        Create(
            _("Import a file"),
            "imports:new",
            needs="import_run.create",
            icon="file-import",
            order=40,
        )
    ],
    clock={
        # The sixth figure are seconds.
        "* * * * * */15": [seal],
        "47 3 * * *": [check],
        "17 3 * * *": [
            forget_answers,
            forget_deliveries,
            forget_cached,
            forget_jobs,
            forget_accesses,
            forget_files,
            forget_strays,
        ],
        "*/5 * * * *": [examine_waiting],
    },
    jobs=[examine],
    tables=[CHANGES, ACCESS, IMPORTS],
    stores=[forget_contents],
    recipients=[scanner],
    impersonal=[
        Impersonal(
            [
                "foundation.Arrangement",
                "foundation.Delivery",
                "foundation.ImportMap",
                "foundation.SpecialDay",
                "foundation.ViewChoice",
            ],
            "Tells how the house is set up, and of nobody.",
        ),
        Impersonal(
            ["foundation.Change", "foundation.Feed"],
            "Numbers of records, until analytics has read them.",
        ),
        Impersonal(
            [
                "foundation.AccessCheck",
                "foundation.AccessStretch",
                "foundation.AccessWaiting",
            ],
            "Numbers and digests of rows of the access log.",
        ),
        Impersonal(
            ["foundation.Answered"],
            "Sealed for the caller alone, kept for a day, emptied by every erasure.",
        ),
        Impersonal(
            ["foundation.ImportRun"],
            "Its file and what it shows of the file go with the person: imports.scrub.",
        ),
    ],
)
