"""The roles of the trade beside those that every house has, as data."""

from collections.abc import Mapping
from types import MappingProxyType

from django.utils.translation import pgettext_lazy

from guanxi.foundation.actor import Depth, Level
from guanxi.identity.rules.role import (
    DESK,
    MASKED,
    NO_CREDIT,
    HomeBlock,
    ShippedRole,
    may_of,
)

_NO_NUMBERS = dict.fromkeys(("customer.id_number", "customer.bank_card"), Level.MASKED)

OF_THE_TRADE: Mapping[str, ShippedRole] = MappingProxyType(
    {
        "account_manager": ShippedRole(
            name=pgettext_lazy("role", "Account manager"),
            description=pgettext_lazy(
                "role",
                "Looks after customers of their own for the long term: contacts, plans, orders and credit.",
            ),
            home=(
                HomeBlock.WORKLIST,
                HomeBlock.TASKS,
                HomeBlock.MONEY,
            ),
            levels=_NO_NUMBERS,
            depths={
                **DESK,
                **may_of(
                    Depth.OWN,
                    "customer: read create edit import export consent credit assess share",
                    "lead: read create edit claim",
                    "opportunity: read create edit",
                    "order: read create edit cancel pay",
                    "target: read",
                    "commission: read",
                    "action_message: read act dismiss",
                    "task: read create edit complete",
                    "import_run: read create undo",
                    "investment: read create edit delete",
                    "peer: read create edit delete",
                    "segment: read create edit delete",
                    "key_proposal: read",
                    "next_product: read record",
                ),
                **may_of(Depth.TEAM, "user: read"),
                **may_of(Depth.ALL, "product: read"),
            },
        ),
        "team_leader": ShippedRole(
            name=pgettext_lazy("role", "Team leader"),
            description=pgettext_lazy(
                "role",
                "Leads a team of agents: sees what waits, hands work out and helps where it is stuck.",
            ),
            home=(
                HomeBlock.TEAM,
                HomeBlock.WORKLIST,
                HomeBlock.TASKS,
            ),
            levels={**MASKED, **NO_CREDIT},
            depths={
                **DESK,
                **may_of(
                    Depth.TEAM,
                    "customer: read create edit assign consent",
                    "order: read",
                    "investment: read create edit",
                    "action_message: read act dismiss assign",
                    "task: read create edit complete",
                    "user: read",
                ),
                **may_of(Depth.OWN, "segment: read"),
                **may_of(Depth.ALL, "product: read"),
            },
        ),
        "floor_supervisor": ShippedRole(
            name=pgettext_lazy("role", "Floor supervisor"),
            description=pgettext_lazy(
                "role",
                "Watches over the work on the floor: reads what the team does, hands work out, changes no customer.",
            ),
            home=(
                HomeBlock.TEAM,
                HomeBlock.WORKLIST,
            ),
            levels={**MASKED, **NO_CREDIT},
            depths={
                **DESK,
                **may_of(
                    Depth.TEAM,
                    "customer: read",
                    "order: read",
                    "investment: read",
                    "action_message: read assign",
                    "task: read create edit",
                    "user: read",
                ),
                **may_of(Depth.ALL, "product: read"),
            },
        ),
        "duty_manager": ShippedRole(
            name=pgettext_lazy("role", "Duty manager"),
            description=pgettext_lazy(
                "role",
                "Answers for several teams during a shift: hands work and customers out among them.",
            ),
            home=(
                HomeBlock.TEAM,
                HomeBlock.WORKLIST,
                HomeBlock.TASKS,
            ),
            levels={**MASKED, **NO_CREDIT},
            depths={
                **DESK,
                **may_of(
                    Depth.TEAM_TREE,
                    "customer: read create edit assign consent",
                    "order: read",
                    "investment: read create edit",
                    "action_message: read act dismiss assign",
                    "task: read create edit complete",
                    "user: read",
                ),
                **may_of(Depth.OWN, "segment: read"),
                **may_of(Depth.ALL, "product: read", "duty: read record"),
            },
        ),
        "service_supervisor": ShippedRole(
            name=pgettext_lazy("role", "Service supervisor"),
            description=pgettext_lazy(
                "role",
                "Heads customer service: quality of the data, hard cases, who saw what.",
            ),
            home=(
                HomeBlock.TEAM,
                HomeBlock.WORKLIST,
                HomeBlock.ANALYSIS,
            ),
            levels=NO_CREDIT,
            depths={
                **DESK,
                **may_of(
                    Depth.TEAM_TREE,
                    "customer: read create edit assign merge export reveal consent",
                    "duplicate_pair: read",
                    "order: read",
                    "investment: read create edit export",
                    "action_message: read act dismiss assign export",
                    "task: read create edit complete export",
                    "segment: read create edit share",
                    "user: read",
                    "access_day: read review export",
                ),
                **may_of(
                    Depth.ALL,
                    "product: read",
                    "analysis: read",
                    "rule: read",
                    "knowledge: read edit",
                    "duty: read record",
                ),
            },
        ),
        "marketing_manager": ShippedRole(
            name=pgettext_lazy("role", "Marketing manager"),
            description=pgettext_lazy(
                "role",
                "Decides whom marketing turns to: segments, key customers, figures; without clear personal data.",
            ),
            home=(
                HomeBlock.ANALYSIS,
                HomeBlock.WORKLIST,
                HomeBlock.TASKS,
            ),
            hides_personal=True,
            depths={
                **DESK,
                **may_of(
                    Depth.ALL,
                    "customer: read export",
                    "order: read",
                    "investment: read export",
                    "product: read",
                    "analysis: read run configure",
                    "key_proposal: read",
                    "next_product: read",
                    "action_message: read",
                    "task: read",
                    "rule: read",
                    "knowledge: read edit",
                ),
                **may_of(Depth.TEAM_TREE, "user: read"),
                **may_of(
                    Depth.OWN,
                    "action_message: act dismiss",
                    "task: create edit complete",
                    "segment: read create edit delete share",
                ),
            },
        ),
        "field_service": ShippedRole(
            name=pgettext_lazy("role", "Field service"),
            description=pgettext_lazy(
                "role",
                "Goes to the customers of the team and writes down what was done there.",
            ),
            home=(
                HomeBlock.TASKS,
                HomeBlock.WORKLIST,
            ),
            levels={**_NO_NUMBERS, **NO_CREDIT},
            depths={
                **DESK,
                **may_of(
                    Depth.TEAM,
                    "customer: read edit",
                    "order: read",
                    "investment: read create",
                    "user: read",
                ),
                **may_of(
                    Depth.OWN,
                    "action_message: read act dismiss",
                    "task: read create edit complete",
                    "investment: edit",
                ),
                **may_of(Depth.ALL, "product: read"),
            },
        ),
        "surveyor": ShippedRole(
            name=pgettext_lazy("role", "Surveyor"),
            description=pgettext_lazy(
                "role",
                "Asks customers of the team, and writes down findings and observations.",
            ),
            home=(HomeBlock.RECORDS, HomeBlock.TASKS),
            levels={**_NO_NUMBERS, **NO_CREDIT},
            depths={
                **DESK,
                **may_of(
                    Depth.TEAM,
                    "customer: read edit",
                    "investment: read create",
                    "user: read",
                ),
                **may_of(
                    Depth.OWN,
                    "action_message: read act dismiss",
                    "task: read create edit complete",
                ),
            },
        ),
        "finance": ShippedRole(
            name=pgettext_lazy("role", "Finance"),
            description=pgettext_lazy(
                "role",
                "Books payments and refunds, watches over money to come and over credit.",
            ),
            home=(
                HomeBlock.MONEY,
                HomeBlock.TASKS,
            ),
            levels=MASKED,
            depths={
                **DESK,
                **may_of(
                    Depth.ALL,
                    "customer: read export credit assess",
                    "order: read pay refund export",
                    "investment: read export",
                    "product: read",
                    "analysis: read",
                    "target: read",
                    "commission: read draw approve pay export",
                    "commission_plan: read edit",
                    "user: read",
                ),
                **may_of(
                    Depth.OWN,
                    "action_message: read act dismiss",
                    "task: read create edit complete",
                ),
            },
        ),
        "logistics": ShippedRole(
            name=pgettext_lazy("role", "Logistics"),
            description=pgettext_lazy(
                "role",
                "Ships orders: sees where they go, and not credit nor identity numbers.",
            ),
            home=(
                HomeBlock.DELIVERY,
                HomeBlock.TASKS,
            ),
            levels={**_NO_NUMBERS, **NO_CREDIT},
            depths={
                **DESK,
                **may_of(
                    Depth.ALL, "customer: read", "order: read ship", "product: read"
                ),
                **may_of(
                    Depth.OWN,
                    "action_message: read act dismiss",
                    "task: read create edit complete",
                ),
            },
        ),
        "planner": ShippedRole(
            name=pgettext_lazy("role", "Planner"),
            description=pgettext_lazy(
                "role",
                "Plans dates of orders against what is promised; without clear personal data.",
            ),
            home=(
                HomeBlock.DELIVERY,
                HomeBlock.WORKLIST,
                HomeBlock.TASKS,
            ),
            hides_personal=True,
            depths={
                **DESK,
                **may_of(
                    Depth.ALL,
                    "customer: read",
                    "order: read edit ship",
                    "product: read",
                    "action_message: read act dismiss",
                    "analysis: read",
                ),
                **may_of(Depth.OWN, "task: read create edit complete"),
            },
        ),
        "product_manager": ShippedRole(
            name=pgettext_lazy("role", "Product manager"),
            description=pgettext_lazy(
                "role",
                "Keeps the products, and sees what is bought; without clear personal data.",
            ),
            home=(
                HomeBlock.ANALYSIS,
                HomeBlock.TASKS,
            ),
            hides_personal=True,
            depths={
                **DESK,
                **may_of(
                    Depth.ALL,
                    "customer: read",
                    "order: read export",
                    "product: read create edit delete export import",
                    "analysis: read",
                ),
                **may_of(
                    Depth.OWN,
                    "action_message: read act dismiss",
                    "task: read create edit complete",
                ),
            },
        ),
    }
)
