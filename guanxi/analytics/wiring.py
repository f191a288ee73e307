"""How analytics plugs in."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from guanxi.analytics import handlers, tasks
from guanxi.analytics.boards.sending import send_due
from guanxi.analytics.events import ScoresRefreshed
from guanxi.analytics.queries import reasons_of
from guanxi.analytics.tables import KEY_PROPOSALS, NEXT_PRODUCTS
from guanxi.customers.events import ProcessingLimited, WallSet
from guanxi.foundation.days.events import (
    DayOffSet,
    SpecialDayRemoved,
    WorkdaySet,
)
from guanxi.foundation.erasing.declared import Gone, Holding, Impersonal, Loose, Teller
from guanxi.foundation.merging.declared import Remains
from guanxi.foundation.rooms import Nav, Panel, Room
from guanxi.sales.events import OrderChanged, OrderPlaced

room = Room(
    nav=[
        Nav(
            _("Targets and results"),
            "analytics:performance",
            needs="target.read",
            icon="chart-bar",
            group=_("Sales"),
            order=41,
        ),
        Nav(
            _("Overview"),
            "analytics:overview",
            needs="analysis.read",
            icon="chart-bar",
            group=_("Insight"),
            order=50,
            key="i",
        ),
        Nav(
            _("Key findings"),
            "analytics:findings",
            needs="analysis.read",
            icon="bulb",
            group=_("Insight"),
            order=50,
        ),
        Nav(
            _("Dashboards"),
            "analytics:dashboards",
            needs="analysis.read",
            icon="layout-dashboard",
            group=_("Insight"),
            order=50,
        ),
        Nav(
            _("Explorer"),
            "analytics:explore",
            needs="analysis.read",
            icon="chart-dots",
            group=_("Insight"),
            order=50,
        ),
        Nav(
            _("Customer retention"),
            "analytics:cohorts",
            needs="analysis.read",
            icon="calendar-repeat",
            group=_("Customer loyalty"),
            order=70,
            group_icon="heart-handshake",
        ),
        Nav(
            _("Sales forecast"),
            "analytics:outlook",
            needs="analysis.read",
            icon="trending-up",
            group=_("Insight"),
            order=51,
        ),
        Nav(
            _("Purchases to come"),
            "analytics:purchase_model",
            needs="analysis.read",
            icon="trending-up",
            group=_("Customer loyalty"),
            order=70,
        ),
        Nav(
            _("Customers about to leave"),
            "analytics:leaving_model",
            needs="analysis.read",
            icon="alert-triangle",
            group=_("Customer loyalty"),
            order=70,
        ),
        Nav(
            _("Why customers stay"),
            "analytics:retention_split",
            needs="analysis.read",
            icon="heart-handshake",
            group=_("Customer loyalty"),
            order=70,
        ),
        Nav(
            _("Matrices"),
            "analytics:value_matrix",
            needs="analysis.read",
            icon="layout-list",
            group=_("Customer value"),
            order=60,
            group_icon="coin",
        ),
        Nav(
            _("Life cycle"),
            "analytics:life_cycle",
            needs="analysis.read",
            icon="arrows-split",
            group=_("Customer loyalty"),
            order=70,
        ),
        Nav(
            _("Upgrades"),
            "analytics:upgrades",
            needs="analysis.read",
            icon="trending-up",
            group=_("Customer value"),
            order=60,
        ),
        Nav(
            pgettext_lazy("customers", "Grading"),
            "analytics:grading",
            needs="analysis.configure",
            icon="adjustments",
            group=_("Customer value"),
            order=60,
        ),
        Nav(
            _("Relationships"),
            "analytics:relationships",
            needs="analysis.read",
            icon="users",
            group=_("Customer loyalty"),
            order=71,
        ),
        Nav(
            _("Key customer proposals"),
            "analytics:key_proposals",
            needs="key_proposal.read",
            icon="star",
            group=_("Customer value"),
            order=61,
        ),
        Nav(
            _("Customer equity"),
            "analytics:equity",
            needs="analysis.read",
            icon="coin",
            group=_("Customer value"),
            order=58,
            reads=[
                *("customer.order_total", "customer.future_value"),
                *("investment.amount", "product.cost"),
            ],
        ),
        Nav(
            _("Best customers"),
            "analytics:best",
            needs="analysis.read",
            icon="star",
            group=_("Customer value"),
            order=58,
            reads=[
                *("customer.order_total", "customer.future_value"),
                *("investment.amount", "product.cost"),
            ],
        ),
        Nav(
            _("Profit by customer"),
            "analytics:profit",
            needs="analysis.read",
            icon="coin",
            group=_("Customer value"),
            order=59,
            reads=["customer.order_total", "investment.amount", "product.cost"],
        ),
        Nav(
            _("New and kept customers"),
            "analytics:balance",
            needs="analysis.read",
            icon="user-plus",
            group=_("Customer value"),
            order=62,
            reads=["customer.order_total", "investment.amount", "product.cost"],
        ),
        Nav(
            _("Core customers"),
            "analytics:core",
            needs="analysis.read",
            icon="target",
            group=_("Customer value"),
            order=61,
            reads=["customer.order_total"],
        ),
        Nav(
            _("Data warehouse"),
            "analytics:warehouse",
            needs="analysis.read",
            icon="database",
            group=_("Insight"),
            order=59,
        ),
        Nav(
            _("Cross-selling"),
            "analytics:next_products",
            needs="next_product.read",
            icon="package",
            group=_("Customer value"),
            order=61,
        ),
    ],
    panels=[
        Panel(
            "saved_view",
            _("Send by the clock"),
            "analytics:view_deliveries",
            needs="",
        ),
        Panel(
            "customers.customer",
            _("Next products"),
            "analytics:next_of_customer",
            needs="next_product.read",
            order=15,
        ),
        Panel(
            "customers.customer",
            _("What it is worth"),
            "analytics:value_card",
            needs="analysis.read",
            order=16,
        ),
        Panel(
            "customers.segment",
            _("What they have in common"),
            "analytics:common",
            needs="analysis.read",
        ),
    ],
    reacts={
        ScoresRefreshed: [
            handlers.let_go,
            handlers.measure,
            handlers.keep_states,
            handlers.load,
        ],
        ProcessingLimited: [handlers.forget_profile],
        WallSet: [handlers.measure_apart],
        OrderPlaced: [handlers.notice_purchase],
        OrderChanged: [handlers.notice_purchase],
        DayOffSet: [handlers.count_days],
        WorkdaySet: [handlers.count_days],
        SpecialDayRemoved: [handlers.count_days],
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
    holdings=[
        Holding(
            "analytics.KeyProposal",
            "customers.Customer",
            _("Key customer proposals"),
            ["customer_id"],
            Gone(),
            untold={"asked": "Tells how we work, and of nobody."},
        ),
        Holding(
            "analytics.NextProduct",
            "customers.Customer",
            _("Next products"),
            ["customer_id"],
            Gone(),
            untold={"ground_id": "Tells of others, and how we work."},
        ),
        Holding(
            "analytics.RelationMonth",
            "customers.Customer",
            _("Relationships, month by month"),
            ["customer_id"],
            Gone(),
            untold=dict.fromkeys(
                ("owner_id", "team_id", "tier", "customers"), "Tells how we work."
            ),
        ),
    ],
    loose=[
        Loose("analytics.Dashboard", ["name", "tiles"]),
        Loose("analytics.Discussion", ["subject"]),
        Loose("analytics.Remark", ["text"]),
    ],
    remains=[
        Remains(
            "analytics.KeyProposal",
            "customer_id",
            "What was proposed was of this record; the next analysis judges the other one.",
        ),
        Remains(
            "analytics.NextProduct",
            "customer_id",
            "What was proposed was to this record; the next analysis proposes to the other one.",
        ),
        Remains(
            "analytics.RelationMonth",
            "customer_id",
            "What was counted was this record; the next analysis counts the other one.",
        ),
    ],
    tables=[KEY_PROPOSALS, NEXT_PRODUCTS],
    impersonal=[
        Impersonal(
            [
                "analytics.AnalysisRun",
                "analytics.AnalysisSetting",
                "analytics.BoardDelivery",
                "analytics.CellStrategy",
                "analytics.WarehouseLoad",
                "analytics.OfferGround",
            ],
            "Sums over all customers, and how they were made.",
        ),
        Impersonal(
            ["analytics.Discussion_people", "analytics.PutAside"],
            "Tells which colleagues talk about a finding, or want to see it no more.",
        ),
    ],
    # The day is done, and the worklist is ready in the morning.
    clock={
        "0 * * * *": [send_due],
        "*/5 * * * *": [tasks.load_outdated],
        "20 * * * *": [tasks.load_changed],
        "30 23 * * *": [tasks.analyse_nightly],
        "30 1 * * *": [tasks.find_duplicates_nightly],
    },
)
