"""How analytics plugs in."""

from django.utils.translation import gettext_lazy as _

from guanxi.analytics import handlers, tasks
from guanxi.analytics.events import ScoresRefreshed
from guanxi.analytics.queries import reasons_of
from guanxi.customers.events import ProcessingLimited
from guanxi.foundation.erasing.declared import Impersonal, Teller
from guanxi.foundation.rooms import Nav, Room

room = Room(
    nav=[
        Nav(
            _("Insight"),
            "analytics:overview",
            needs="analysis.read",
            icon="chart-bar",
            order=50,
            key="i",
        )
    ],
    reacts={
        ScoresRefreshed: [handlers.let_go],
        ProcessingLimited: [handlers.forget_profile],
    },
    stores=[handlers.forget_persons],
    tellers=[
        Teller(
            "customers.Customer",
            "why",
            _("How the scores came about"),
            reasons_of,
        )
    ],
    impersonal=[
        Impersonal(
            ["analytics.AnalysisRun", "analytics.AnalysisSetting"],
            "Sums over all customers, and how they were made.",
        )
    ],
    # The day is done, and the worklist is ready in the morning.
    clock={
        "30 23 * * *": [tasks.analyse_nightly],
        "30 1 * * *": [tasks.find_duplicates_nightly],
    },
)
