"""The roles the product brings along, as data."""

from collections.abc import Mapping
from types import MappingProxyType

from django.utils.translation import pgettext_lazy

from guanxi.foundation.actor import Depth, Level
from guanxi.identity.rules.role import (
    DESK,
    MASKED,
    NO_CREDIT,
    USUAL_HOME,
    HomeBlock,
    ShippedRole,
    may_of,
)
from guanxi.identity.rules.shipped_trade import OF_THE_TRADE

ADMINISTRATOR = "administrator"

SHIPPED: Mapping[str, ShippedRole] = MappingProxyType(
    {
        ADMINISTRATOR: ShippedRole(
            name=pgettext_lazy("role", "Administrator"),
            description=pgettext_lazy("role", "May do everything."),
            is_everything=True,
            home=(*USUAL_HOME, HomeBlock.HOUSE),
        ),
        "manager": ShippedRole(
            home=(*USUAL_HOME, HomeBlock.TEAM),
            name=pgettext_lazy("role", "Manager"),
            description=pgettext_lazy(
                "role", "Works on all that the team and the teams below it have."
            ),
            depths={
                **DESK,
                **may_of(
                    Depth.TEAM_TREE,
                    "customer: read create edit delete restore assign merge export"
                    " import reveal consent privacy credit assess grant share view_access",
                    "duplicate_pair: read",
                    "key_proposal: read decide export",
                    "next_product: read record export",
                    "lead: read create edit claim assign delete export view_access",
                    "opportunity: read create edit assign delete export import view_access",
                    "order: read create edit delete cancel pay refund ship override export"
                    " import view_access",
                    "action_message: read act dismiss assign export view_access",
                    "task: read create edit complete export view_access",
                    "import_run: read create undo",
                    "handover: read create undo",
                    "investment: read create edit delete export import",
                    "peer: read create edit delete export",
                    "segment: read create edit delete share",
                    "target: read edit",
                    "commission: read draw approve export",
                    "user: read",
                    "access_day: read review export",
                ),
                **may_of(
                    Depth.ALL,
                    "product: read create edit delete export import",
                    "analysis: read run",
                    "rule: read",
                    "knowledge: read edit",
                    "commission_plan: read",
                    "duty: read record",
                ),
            },
        ),
        "sales": ShippedRole(
            name=pgettext_lazy("role", "Sales representative"),
            description=pgettext_lazy(
                "role", "Works on customers and orders of their own."
            ),
            depths={
                **DESK,
                **may_of(
                    Depth.OWN,
                    "customer: read create edit import consent credit assess share",
                    "lead: read create edit claim",
                    "opportunity: read create edit import",
                    "order: read create edit cancel pay",
                    "action_message: read act dismiss",
                    "task: read create edit complete",
                    "import_run: read create undo",
                    "investment: read create edit delete import",
                    "next_product: read record",
                    "peer: read create edit delete",
                    "segment: read create edit delete",
                    "target: read",
                    "commission: read",
                ),
                **may_of(Depth.TEAM, "user: read"),
                **may_of(Depth.ALL, "product: read", "knowledge: read"),
            },
            levels=dict.fromkeys(
                ("customer.id_number", "customer.bank_card"), Level.MASKED
            ),
        ),
        "agent": ShippedRole(
            name=pgettext_lazy("role", "Service agent"),
            description=pgettext_lazy(
                "role",
                "Serves the team's customers; phone, e-mail and ID number are masked.",
            ),
            depths={
                **DESK,
                **may_of(
                    Depth.TEAM,
                    "customer: read create edit consent",
                    "order: read",
                    "investment: read create edit",
                    "action_message: read act dismiss",
                    "task: read create edit complete",
                    "user: read",
                ),
                **may_of(Depth.OWN, "segment: read"),
                **may_of(Depth.ALL, "product: read"),
            },
            levels={**MASKED, **NO_CREDIT},
        ),
        "marketer": ShippedRole(
            home=(HomeBlock.ANALYSIS, HomeBlock.WORKLIST, HomeBlock.TASKS),
            name=pgettext_lazy("role", "Marketer"),
            description=pgettext_lazy(
                "role",
                "Sees all customers without clear personal data, and the figures.",
            ),
            hides_personal=True,
            depths={
                **DESK,
                **may_of(
                    Depth.ALL,
                    "customer: read export",
                    "investment: read",
                    "opportunity: read",
                    "order: read",
                    "product: read",
                    "analysis: read",
                    "next_product: read",
                    "knowledge: read edit",
                ),
                **may_of(Depth.TEAM, "user: read"),
                **may_of(
                    Depth.OWN,
                    "action_message: read act dismiss",
                    "task: read create edit complete",
                    "segment: read create edit delete share",
                ),
            },
        ),
        "analyst": ShippedRole(
            name=pgettext_lazy("role", "Analyst"),
            description=pgettext_lazy(
                "role",
                "Reads everything and runs analyses, without clear personal data.",
            ),
            hides_personal=True,
            depths={
                **DESK,
                **may_of(
                    Depth.ALL,
                    "customer: read export",
                    "investment: read export",
                    "opportunity: read export",
                    "order: read export",
                    "product: read",
                    "action_message: read",
                    "task: read",
                    "analysis: read run configure",
                    "key_proposal: read",
                    "next_product: read export",
                    "rule: read",
                    "knowledge: read edit",
                    "target: read",
                    "user: read",
                ),
                **may_of(Depth.OWN, "segment: read create edit delete share"),
            },
        ),
        "auditor": ShippedRole(
            name=pgettext_lazy("role", "Auditor"),
            description=pgettext_lazy(
                "role", "Reads everything and the logs, without clear personal data."
            ),
            hides_personal=True,
            depths=may_of(
                Depth.ALL,
                "customer: read",
                "investment: read",
                "opportunity: read",
                "order: read",
                "product: read",
                "code: read",
                "action_message: read",
                "task: read",
                "import_run: read",
                "handover: read",
                "segment: read",
                "key_proposal: read",
                "next_product: read",
                "retention: read",
                "analysis: read",
                "rule: read",
                "knowledge: read",
                "target: read",
                "commission: read",
                "commission_plan: read",
                "user: read",
                "team: read",
                "role: read",
                "token: read",
                "audit: read export",
                "duty: read",
                "access_day: read review export",
            ),
        ),
        **OF_THE_TRADE,
    }
)

# Masked by the roles that hide personal data even where the room that owns the field
# is not installed yet; rooms add theirs by calling a field personal.
PERSONAL_FIELDS = (
    "customer.phone",
    "customer.email",
    "customer.wechat",
    "customer.id_number",
    "customer.bank_card",
    "customer.address",
    "customer.birth_on",
)
