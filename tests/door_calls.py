"""How the door test knocks: the address and the form of each door, and each command."""

from collections.abc import Callable, Mapping
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile

from guanxi.actions.commands import (
    action_message,
    detection,
    knowledge,
    rule,
    task,
)
from guanxi.actions.commands import owner as work_owner
from guanxi.actions.detectors.catalogue import WATCHES
from guanxi.actions.rules import Detector, DismissReason, Mode, Outcome, TaskKind
from guanxi.analytics.boards.span import Against, Span
from guanxi.analytics.boards.timetable import Rhythm
from guanxi.analytics.commands import (
    analysis,
    core,
    dashboard,
    delivery,
    discussion,
    duplicates,
    exploration,
    key_proposal,
    next_product,
    relation_month,
    strategy,
)
from guanxi.analytics.commands import load as warehouse
from guanxi.analytics.forms import initial_of
from guanxi.analytics.queries import analysis_settings
from guanxi.analytics.rules import OfferState
from guanxi.customers.commands import (
    bond,
    code,
    consent,
    contact,
    contact_point,
    credit,
    customer,
    data_set,
    duplicate_pair,
    erasure,
    field,
    finding,
    handling,
    handover,
    handover_report,
    handover_step,
    investment,
    life_stage,
    limit,
    merge,
    note,
    owner,
    ownerless,
    peer,
    plan,
    quality,
    quality_score,
    relation,
    retention,
    reveal,
    segment,
    segment_member,
    share,
    ship_fields,
    ship_segments,
    state,
    subject_export,
    tag,
    target,
    territory,
    traits,
    trash,
    wall,
)
from guanxi.customers.commands.code import CodeNames
from guanxi.customers.commands.consent import Statement
from guanxi.customers.commands.contact import Preference
from guanxi.customers.commands.credit import FactorScore, ReportFacts
from guanxi.customers.commands.imports import bonds as bond_files
from guanxi.customers.commands.imports import create as load
from guanxi.customers.commands.imports import investments as contact_files
from guanxi.customers.commands.imports import undo, update
from guanxi.customers.commands.imports.party import Party
from guanxi.customers.commands.segment import SegmentFacts
from guanxi.customers.commands.territory import TerritoryPlan
from guanxi.customers.forms.credit import RulesForm
from guanxi.customers.forms.quality import RulesForm as QualityForm
from guanxi.customers.rules import LifeStage, PointKind, RelationKind, State, Tier
from guanxi.customers.rules.bond import COSTS, VALUES, AssessmentMethod, SwitchingItem
from guanxi.customers.rules.bond import SCORES as BOND_SCORES
from guanxi.customers.rules.consent import ContactChannel
from guanxi.customers.rules.credit import FACTORS, CreditRules, Origin, Standard
from guanxi.customers.rules.erasure import ErasureReason, IdentityCheck
from guanxi.customers.rules.field import FieldKind, Names
from guanxi.customers.rules.finding import FindingKind, FindingSource
from guanxi.customers.rules.investment import ContactMode
from guanxi.customers.rules.limit import LimitKind
from guanxi.customers.rules.peer import DealOutcome
from guanxi.customers.rules.plan import PlanKind
from guanxi.customers.rules.point import Point
from guanxi.customers.rules.quality import QualityRules
from guanxi.customers.rules.retention import Category
from guanxi.customers.tables import CUSTOMERS
from guanxi.foundation import notices
from guanxi.foundation.actor import Depth
from guanxi.foundation.days import commands as days
from guanxi.foundation.files import commands as files
from guanxi.foundation.files.commands import FileFacts
from guanxi.foundation.files.places import place_of
from guanxi.foundation.files.queries import Attached
from guanxi.foundation.files.signed import address_of
from guanxi.foundation.imports import commands as imports
from guanxi.foundation.imports import engine as import_engine
from guanxi.foundation.imports import undo as import_undo
from guanxi.foundation.imports.forms import FormatForm, PlanForm
from guanxi.foundation.imports.kinds import import_kind
from guanxi.foundation.models import StoredFile
from guanxi.foundation.policies import all_policies
from guanxi.foundation.tables import saved
from guanxi.foundation.tables.keyset import LARGEST_ID
from guanxi.foundation.tables.where import parse
from guanxi.identity.commands import (
    access_day,
    duty,
    preferences,
    provider,
    role,
    session,
    team,
    token,
    user,
)
from guanxi.identity.commands.preferences import Preferences
from guanxi.identity.commands.role import RoleRights
from guanxi.identity.rules.duty import DutyKind, Gate
from guanxi.identity.rules.provider import Claims
from guanxi.sales.commands import (
    commission,
    lead,
    lead_conversion,
    lead_rule,
    objection,
    opportunity,
    order,
    payment,
    pipeline,
    product,
    step,
)
from guanxi.sales.commands import credit as sales_credit
from guanxi.sales.commands import owner as order_owner
from guanxi.sales.commands import target as sales_target
from guanxi.sales.commands.imports import opportunities as deal_files
from guanxi.sales.commands.imports import (
    order_undo,
    order_update,
)
from guanxi.sales.commands.imports import orders as order_files
from guanxi.sales.commands.imports import (
    products as product_files,
)
from guanxi.sales.commands.imports.new_order import NewOrder, NewOrderLine
from guanxi.sales.commands.line import NewLine
from guanxi.sales.commands.order import Terms
from guanxi.sales.models import Stage, Target
from guanxi.sales.rules.commission import Basis, RateTier, TierBy
from guanxi.sales.rules.lead import DiscardReason
from guanxi.sales.rules.objection import ObjectionKind
from guanxi.sales.rules.opportunity import LostReason, OpportunityState
from guanxi.sales.rules.target import Measure
from tests.world import DAY, World

Args = Callable[[World], list[Any]]
Data = Callable[[World], Mapping[str, Any]]
Call = Callable[[Any, World], object]
SECRET = "seven-blue-Kettles-9"
RIGHTS = RoleRights(
    name="新角色", description="", depths={"customer.read": Depth.TEAM}, levels={}
)
DUTY = duty.DutyFacts(title="年度培训", gate=Gate.FLAG)
PRODUCT_ROW = {"code": "F-1", "name": "文件带来的"}
_FIELD = {
    "name_zh": "车牌",
    "name_en": "Plate",
    "privacy": "none",
    "data_type": "descriptive",
    "info_kind": "descriptive",
    "source_channel": "direct",
}
STATEMENT = Statement(
    is_given=False, purposes=["marketing"], channels=[ContactChannel.EMAIL]
)
REPORT = ReportFacts(Origin.OWN, DAY, DAY, "经营正常")
SCORES = {f: FactorScore(80, "实地走访") for f in FACTORS[Standard.FIVE_C]}
PARTS: Any = dict.fromkeys((*VALUES, *COSTS), Decimal(5))
FINDING_FORM = {
    "source": "survey",
    "found_at": "2026-03-02T10:30",
    "provider": "市调公司",
    "confidence": "high",
    "text": "对送货满意",
}
TIP = {
    "outcome": "lost",
    "form": "organization",
    "name": "新店一家",
    "need": "二十套桌椅",
    "told_on": "2026-03-02",
}
SEEN = {"source": "person", "place": "展厅"}
SEGMENT_FORM = {
    "name": "李家",
    "sharing": "own",
    "node": ["0", "1"],
    "joint_0": "and",
    "up_1": "0",
    "key_1": "name",
    "operator_1": "like",
    "value_1": "李",
}
SEGMENT_TREE = {
    "version": 1,
    "all": [{"field": "name", "is": "like", "values": ["李"]}],
}
SEGMENT_FACTS = SegmentFacts(name="李家", definition=parse("name.like.李"))
PAPER = FileFacts(name="合同", paper_place="3 号柜")
ERASURE = erasure.Request(reason=ErasureReason.REQUEST, identity=IdentityCheck.DOCUMENT)
LINES = [NewLine(name="桌子", unit_price=Decimal(100))]


def _pk(name: str) -> Args:
    return lambda w: [getattr(w, name).pk]


def _with(*values: Any) -> Args:
    return lambda w: list(values)


# Doors that are not named here have no arguments; those of a room share a first one.
def _attached(world: World, file: StoredFile) -> Attached:
    return Attached(file, place_of("customer"), world.customer)


ARGS: Mapping[str, Args] = {
    "identity:session_end": lambda w: [w.session_of("owner")],
    **dict.fromkeys(
        (
            "identity:user",
            "identity:user_roles",
            "identity:user_password",
            "identity:user_two_factor",
            "identity:user_sessions",
            "identity:user_provider",
            "identity:user_deactivation",
        ),
        _pk("mate"),
    ),
    "identity:user_reactivation": _pk("locked"),
    "identity:team": _pk("empty_team"),
    "identity:team_deletion": _pk("empty_team"),
    "identity:role": _pk("role"),
    "identity:role_deletion": _pk("role"),
    "identity:token_revocation": _pk("token"),
    "identity:no_group": _pk("mapping"),
    "openid_connect_login": _with("sso"),
    "openid_connect_callback": _with("sso"),
    **dict.fromkeys(
        (
            "identity:my_duty",
            "identity:duty",
            "identity:duty_edit",
            "identity:duty_version",
            "identity:duty_record",
            "identity:duty_reminder",
            "api:list_fulfilments",
            "api:post_fulfilments",
        ),
        _pk("duty"),
    ),
    **dict.fromkeys(
        ("identity:access_day", "api:get_access_day", "api:post_access_review"),
        _pk("access_day"),
    ),
    "identity:duty_withdrawal": lambda w: [w.duty.pk, w.fulfilment.pk],
    "account_confirm_email": _with("nothing"),
    "account_reset_password_from_key": lambda w: ["1", "set-password"],
    "mfa_remove_webauthn": _with(1),
    "mfa_edit_webauthn": _with(1),
    "customers:new_point": _with("phone"),
    "customers:edit_code": _pk("code"),
    "customers:merge_undo": _pk("merge"),
    "customers:edit_field": _pk("field"),
    **dict.fromkeys(
        ("customers:plan", "customers:edit_plan"),
        lambda w: [w.customer.pk, w.plan.pk],
    ),
    **dict.fromkeys(
        ("customers:edit_line", "customers:no_line"),
        lambda w: [w.customer.pk, w.plan.pk, w.line.pk],
    ),
    **dict.fromkeys(
        (
            *("customers:edit_investment", "customers:no_investment"),
            *("api:get_investment", "api:patch_investment", "api:delete_investment"),
        ),
        _pk("investment"),
    ),
    **dict.fromkeys(
        ("customers:investment_back", "api:post_investment_restoration"),
        _pk("gone_investment"),
    ),
    **dict.fromkeys(
        ("customers:edit_finding", "customers:no_finding", "api:delete_finding"),
        lambda w: [w.customer.pk, w.finding.pk],
    ),
    **dict.fromkeys(
        (
            *("customers:peer", "customers:edit_peer", "customers:no_peer"),
            *("customers:new_tip", "api:post_tip"),
        ),
        _pk("peer"),
    ),
    **dict.fromkeys(
        ("customers:no_bond", "api:delete_bond"),
        lambda w: [w.customer.pk, w.bond.pk],
    ),
    "customers:bond_back": lambda w: [w.customer.pk, w.gone_bond.pk],
    **dict.fromkeys(
        ("customers:no_switching_cost", "api:delete_switching_cost"),
        lambda w: [w.customer.pk, w.switching.pk],
    ),
    "customers:switching_cost_back": lambda w: [w.customer.pk, w.gone_switching.pk],
    **dict.fromkeys(
        ("customers:no_delivered_value", "api:delete_delivered_value"),
        lambda w: [w.customer.pk, w.offer.pk],
    ),
    "customers:delivered_value_back": lambda w: [w.customer.pk, w.gone_offer.pk],
    "customers:finding_back": lambda w: [w.customer.pk, w.gone_finding.pk],
    **dict.fromkeys(
        (
            *("customers:edit_data_set", "customers:no_data_set"),
            *("api:patch_data_set", "api:delete_data_set"),
        ),
        lambda w: [w.data_set.key],
    ),
    "customers:new_line": lambda w: [w.customer.pk, w.plan.pk, "goals"],
    "customers:edit_handling": lambda w: [w.yes_field.pk, "true"],
    "customers:edit_tier_handling": lambda w: ["vital"],
    "analytics:relationships_of": lambda w: ["2026-03"],
    "analytics:balance_behind": lambda w: ["month", "2026-03-01", "new"],
    "analytics:equity_behind": lambda w: ["brand"],
    "analytics:value_card": lambda w: [w.customer.pk],
    "customers:edit_segment_handling": _pk("segment"),
    "customers:edit_group": _pk("group"),
    "customers:duplicate_pair": _pk("pair"),
    "customers:duplicate_dismissal": _pk("pair"),
    "customers:duplicate_reopening": _pk("pair"),
    **dict.fromkeys(
        (
            "customers:handover",
            "customers:handover_state",
            "customers:handover_report",
            "customers:handover_undo",
            "api:get_handover",
            "api:get_handover_report",
            "api:post_handover_undo",
        ),
        _pk("done_handover"),
    ),
    **dict.fromkeys(
        (
            "customers:segment",
            "customers:edit_segment",
            "customers:segment_portrait",
            "customers:segment_refresh",
            "customers:segment_deletion",
            "api:get_segment",
            "api:patch_segment",
            "api:delete_one_segment",
            "api:post_segment_refresh",
        ),
        _pk("segment"),
    ),
    **dict.fromkeys(
        ("api:post_segment_members", "api:post_segment_removal"), _pk("chosen")
    ),
    "customers:segment_restoration": _pk("gone_segment"),
    "customers:restore": _pk("gone"),
    "foundation:panels": lambda w: ["customers.customer", w.customer.pk],
    "customers:assess": lambda w: [w.customer.pk, "5c"],
    "customers:no_credit_report": lambda w: [w.customer.pk, w.report.pk],
    "customers:quality_confirmation": lambda w: [w.customer.pk, "contact"],
    "customers:point_state": lambda w: [w.customer.pk, w.point.pk],
    "api:post_review": lambda w: [w.customer.pk, "contact"],
    "api:post_point_state": lambda w: [w.customer.pk, w.point.pk],
    "customers:owner_back": lambda w: [w.customer.pk, w.mate.pk],
    "customers:reveal": lambda w: [w.customer.pk, "id_number"],
    **dict.fromkeys(("customers:new_erasure", "api:post_erasure"), _pk("friend")),
    **dict.fromkeys(
        ("customers:subject_export", "api:post_copy_file"),
        lambda w: [w.customer.pk, w.subject_copy.pk],
    ),
    **dict.fromkeys(("customers:erasure", "api:get_erasure"), _pk("erasure")),
    "customers:retention_rule": lambda w: ["silent"],
    "customers:no_limit": lambda w: [w.customer.pk, "hold"],
    "api:delete_limit": lambda w: [w.customer.pk, "hold"],
    **dict.fromkeys(
        (
            *("customers:edit_note", "customers:note_history"),
            *("customers:pin_note", "customers:no_note"),
            *("api:get_note", "api:put_note", "api:delete_note"),
        ),
        lambda w: [w.customer.pk, w.note.pk],
    ),
    **dict.fromkeys(
        ("customers:note_back", "api:post_note_restoration"),
        lambda w: [w.customer.pk, w.gone_note.pk],
    ),
    **dict.fromkeys(
        ("api:get_key_proposal", "api:post_key_acceptance", "api:post_key_refusal"),
        _pk("proposal"),
    ),
    "api:post_key_reopening": _pk("declined"),
    "foundation:no_day": _pk("special_day"),
    "foundation:day_back": _pk("gone_day"),
    "files:content": lambda w: [address_of(w.file, w.visitor).split("/")[-2]],
    **dict.fromkeys(
        ("files:upload", "files:new", "files:trashed"),
        lambda w: ["customer", w.customer.pk],
    ),
    **dict.fromkeys(
        (
            *("files:file", "files:preview", "files:edit", "files:trash"),
            *("api:get_file", "api:get_file_content", "api:put_file"),
            "api:delete_file",
        ),
        _pk("file"),
    ),
    **dict.fromkeys(("files:restore", "api:post_file_restoration"), _pk("gone_file")),
    **dict.fromkeys(
        (
            "customers:edit_territory",
            "customers:no_territory",
            "api:put_territory",
            "api:delete_one_territory",
            "api:post_territory_customers",
        ),
        _pk("territory"),
    ),
    "identity:who_sees": lambda w: ["customer", w.customer.pk],
    **dict.fromkeys(
        ("customers:no_share", "api:delete_share"),
        lambda w: [w.customer.pk, w.share.pk],
    ),
    **dict.fromkeys(
        ("customers:no_wall", "api:delete_wall"), lambda w: [w.customer.pk, w.wall.pk]
    ),
    "customers:no_block": lambda w: [w.customer.pk, w.block.pk],
    "customers:no_relation": lambda w: [w.customer.pk, w.relation.pk],
    **dict.fromkeys(
        (
            "customers:customer",
            "customers:types",
            "customers:network",
            "customers:data_bank",
            "customers:data_bank_panel",
            "customers:new_contact",
            "customers:new_cost",
            *("customers:bonds", "customers:bond_panel", "customers:new_bond"),
            *("customers:new_switching_cost", "customers:new_delivered_value"),
            *("api:get_bonds", "api:post_bond", "api:post_switching_cost"),
            "api:post_delivered_value",
            "customers:new_finding",
            "customers:new_observation",
            "api:get_findings",
            "api:post_finding",
            "api:get_invested",
            "api:post_investment",
            "customers:plans",
            "customers:new_plan",
            "api:get_plans",
            "api:get_contact_policy",
            "customers:network_panel",
            "customers:credit",
            "customers:credit_panel",
            "customers:quality_panel",
            "api:get_quality",
            "customers:credit_limit",
            "customers:new_credit_report",
            "api:get_credit",
            "api:post_assessment",
            "api:post_credit_report",
            "api:post_credit_limit",
            "customers:edit_customer",
            "customers:timeline",
            "customers:files",
            "customers:mentions",
            "customers:consents",
            "customers:consent_ledger",
            "customers:consent_withdrawal",
            "customers:contact_preference",
            "customers:new_block",
            "customers:new_limit",
            "customers:new_subject_export",
            "api:get_copies",
            "api:post_copies",
            "customers:new_consent",
            "customers:ties",
            "customers:placing",
            "customers:new_share",
            "customers:new_wall",
            "customers:note",
            "customers:state",
            "customers:stage",
            "customers:trash",
            "customers:merge",
            "customers:tags",
            "customers:owner",
            "customers:owners",
            "customers:segments_of",
            "customers:new_relation",
            "sales:customer_choice",
            "sales:of_customer",
            "sales:instalments",
            "api:post_instalment_check",
            "api:post_instalment_approval",
            "analytics:next_of_customer",
            "api:get_next_products",
            "actions:of_customer",
            "actions:new_task",
            "actions:tasks_of",
            "api:get_customer",
            "api:patch_customer",
            "api:delete_customer",
            "api:post_state",
            "api:post_owner",
            "api:post_note",
            "api:get_consents",
            "api:get_shares",
            "api:post_share",
            "api:get_walls",
            "api:post_wall",
            "api:post_consents",
            "api:get_limits",
            "api:post_limits",
            "api:get_contact_permission",
        ),
        _pk("customer"),
    ),
    "api:post_restoration": _pk("gone"),
    "sales:place": _pk("draft"),
    "sales:complete": _pk("shipped"),
    "sales:step_back": _pk("released"),
    "sales:restore_order": _pk("gone_order"),
    "sales:payment_back": lambda w: [w.paid.pk, w.payment.pk],
    "sales:refund": _pk("paid"),
    **dict.fromkeys(
        (
            "sales:order",
            "sales:edit_order",
            "sales:release",
            "sales:beyond",
            "sales:ship",
            "sales:trash_order",
            "sales:payment",
            "sales:cancel",
            "sales:reschedule",
            "api:get_order",
            "api:put_order",
            "api:post_schedule",
            "api:delete_order",
            "api:post_release",
            "api:post_shipment",
            "api:post_cancellation",
            "api:post_payment",
        ),
        _pk("order"),
    ),
    "api:post_order_restoration": _pk("gone_order"),
    "api:post_placement": _pk("draft"),
    "api:post_completion": _pk("shipped"),
    "api:post_refund": _pk("paid"),
    **dict.fromkeys(
        (
            "sales:product",
            "sales:product_choice",
            "sales:edit_product",
            "sales:trash_product",
            "api:get_product",
            "api:patch_product",
            "api:delete_product",
        ),
        _pk("product"),
    ),
    "sales:restore_product": _pk("gone_product"),
    **dict.fromkeys(
        (
            "sales:commission",
            "sales:adjust_commission",
            "sales:approve_commission",
            "api:get_commission",
            "api:post_commission_approval",
        ),
        _pk("statement"),
    ),
    **dict.fromkeys(
        (
            "sales:reopen_commission",
            "sales:pay_commission",
            "api:post_commission_payout",
        ),
        _pk("approved_statement"),
    ),
    "sales:edit_commission_plan": _pk("commission_plan"),
    **dict.fromkeys(
        (
            "sales:lead",
            "sales:edit_lead",
            "sales:contact_lead",
            "sales:convert_lead",
            "sales:discard_lead",
            "sales:assign_lead",
            "sales:release_lead",
            "sales:trash_lead",
            "api:get_lead",
            "api:patch_lead",
            "api:post_lead_contact",
            "api:post_lead_release",
            "api:post_lead_discard",
            "api:post_lead_conversion",
            "api:delete_lead",
        ),
        _pk("lead"),
    ),
    **dict.fromkeys(("sales:claim_lead", "api:post_lead_claim"), _pk("pooled_lead")),
    **dict.fromkeys(("sales:reopen_lead", "api:post_lead_reopening"), _pk("lost_lead")),
    **dict.fromkeys(
        ("sales:restore_lead", "api:post_lead_restoration"), _pk("gone_lead")
    ),
    "sales:leads_of_customer": _pk("customer"),
    **dict.fromkeys(("sales:edit_lead_rule", "sales:drop_lead_rule"), _pk("lead_rule")),
    "sales:shift_lead_rule": lambda w: [w.lead_rule.pk, "down"],
    **dict.fromkeys(
        (
            "sales:opportunity",
            "sales:edit_opportunity",
            "sales:move_opportunity",
            "sales:win_opportunity",
            "sales:lose_opportunity",
            "sales:assign_opportunity",
            "sales:trash_opportunity",
            "api:get_opportunity",
            "api:patch_opportunity",
            "api:post_opportunity_stage",
            "api:post_opportunity_win",
            "api:post_opportunity_loss",
            "api:delete_opportunity",
        ),
        _pk("opportunity"),
    ),
    **dict.fromkeys(
        ("sales:reopen_opportunity", "api:post_opportunity_reopening"),
        _pk("lost_opportunity"),
    ),
    **dict.fromkeys(
        ("sales:restore_opportunity", "api:post_opportunity_restoration"),
        _pk("gone_opportunity"),
    ),
    **dict.fromkeys(
        ("sales:new_objection", "api:list_objections", "api:post_objection"),
        _pk("opportunity"),
    ),
    "sales:objection_step": lambda w: [w.opportunity.pk, w.objection.pk, 2],
    **dict.fromkeys(
        (
            "sales:remove_objection",
            "api:patch_objection",
            "api:delete_objection",
        ),
        lambda w: [w.opportunity.pk, w.objection.pk],
    ),
    "sales:restore_objection": lambda w: [w.opportunity.pk, w.gone_objection.pk],
    "sales:move_back": lambda w: [w.opportunity.pk, w.stage.pk],
    "sales:opportunities_of_customer": _pk("customer"),
    "sales:new_stage": _pk("pipeline"),
    "sales:edit_stage": _pk("stage"),
    "sales:drop_stage": _pk("stage"),
    "sales:shift_stage": lambda w: [w.stage.pk, "down"],
    "sales:commission_shares": _pk("order"),
    **dict.fromkeys(
        ("sales:edit_target", "api:put_sales_targets"),
        lambda w: [f"user-{w.owner.pk}"],
    ),
    "api:post_product_restoration": _pk("gone_product"),
    **dict.fromkeys(
        (
            "imports:run",
            "imports:state",
            "imports:undo",
            "imports:refused",
            "imports:keep",
            "api:get_import",
            "api:post_undo",
            "api:get_refused",
        ),
        _pk("import_run"),
    ),
    **dict.fromkeys(
        (
            "imports:plan",
            "imports:start",
            "imports:discard",
            "api:put_mapping",
            "api:post_start",
            "api:delete_import",
        ),
        _pk("ready_run"),
    ),
    "imports:stop": _pk("running_run"),
    "api:post_stop": _pk("running_run"),
    "analytics:run": _pk("run"),
    "analytics:next_lacking": _pk("rule"),
    "analytics:common": _pk("segment"),
    "analytics:common_of_tier": lambda w: ["vital"],
    "analytics:next_outcome": _pk("next_product"),
    "api:post_next_outcome": _pk("next_product"),
    "analytics:why": lambda w: [w.customer.pk, "r"],
    "analytics:dashboard": lambda w: [str(w.board.pk)],
    "analytics:dashboard_tile": lambda w: [str(w.board.pk), 0],
    "analytics:dashboard_export": lambda w: [str(w.board.pk)],
    "analytics:board_deliveries": lambda w: [str(w.board.pk)],
    "analytics:view_deliveries": _pk("view"),
    "analytics:value_cell": lambda w: ["low_low"],
    "analytics:retention_cell": lambda w: ["free"],
    "analytics:growth_cell": lambda w: ["old_old"],
    "analytics:strategy": lambda w: ["value", "low_low"],
    "analytics:finding_aside": _with("0123456789abcdef"),
    "analytics:finding_talk": _with("0123456789abcdef"),
    "analytics:discussion": _pk("talk"),
    "actions:work_done": _pk("run"),
    "analytics:life_cycle_moves": lambda w: ["tier", "major", "normal"],
    "analytics:upgrades_moved": lambda w: ["major"],
    "analytics:grading_moves": lambda w: ["a", "b"],
    "analytics:dashboard_edit": lambda w: [w.board.pk],
    "analytics:tile_edit": lambda w: [w.board.pk, 0],
    "analytics:tile_move": lambda w: [w.board.pk, 0],
    "analytics:tile_remove": lambda w: [w.board.pk, 0],
    "analytics:tile_undo": lambda w: [w.board.pk, "forged"],
    "actions:application": _pk("release_message"),
    "actions:reopening": _pk("settled"),
    **dict.fromkeys(
        (
            "actions:message",
            "actions:priority",
            "actions:contact",
            "actions:draft",
            "actions:message_task",
            "actions:assignment",
            "actions:dismissal",
            "api:get_message",
            "api:post_contact",
            "api:post_dismissal",
            "api:post_assignee",
            "api:post_message_task",
        ),
        _pk("message"),
    ),
    "api:post_application": _pk("release_message"),
    "api:post_reopening": _pk("settled"),
    **dict.fromkeys(
        (
            "actions:completion",
            "actions:move",
            "actions:cancellation",
            "api:get_task",
            "api:post_day",
            "api:post_task_completion",
            "api:post_task_cancellation",
        ),
        _pk("task"),
    ),
    "actions:rule": _with("vital_silent"),
    **dict.fromkeys(
        (
            "actions:knowledge_edit",
            "actions:knowledge_use",
            "actions:knowledge_end",
        ),
        _pk("known"),
    ),
    **dict.fromkeys(
        (
            "foundation:table_filter",
            "foundation:table_columns",
            "foundation:table_view",
        ),
        _with("customers"),
    ),
    "foundation:table_undo": _with("customers", "nothing-done"),
    "foundation:view_deletion": _pk("view"),
    "foundation:view_choice": _pk("view"),
}

LINE_FORM = {
    "line": "a1b2c3",
    "a1b2c3-name": "桌子",
    "a1b2c3-quantity": "1",
    "a1b2c3-unit_price": "100",
}
LEAD_FORM = {"name": "王芳", "origin": "own"}
LEAD_TERMS = {"protect_days": "7", "most_held": "50", "most_claims": "20"}
LEAD_RULE_FORM = {"name": "规则", "way": "turns"}
OPPORTUNITY_FORM = {"name": "新店装修", "channel": "sales"}
COMMISSION_PLAN = {
    "name": "新方案",
    "basis": "received",
    "tier_by": "amount",
    "is_stepped": "1",
    "starts_on": "2026-01-01",
    "start0": "0",
    "rate0": "3",
}
LINE = {"name": "桌子", "unit_price": "100"}
QUERIES: Mapping[str, Data] = {
    "api:list_files": lambda w: {"kind": "customer", "record": w.customer.pk},
    "api:get_contact_permission": lambda w: {
        "channel": "email",
        "purpose": "marketing",
    },
    "foundation:search": lambda w: {"q": "王芳"},
    "customers:results": lambda w: {"who": "王芳"},
    "sales:customer_results": lambda w: {"customer_query": "王芳"},
    "sales:product_results": lambda w: {"product_query": "椅"},
    "sales:product_options": lambda w: {"product_query": "椅"},
    "api:list_sales_targets": lambda w: {"year": 2026},
    "api:list_objection_tallies": lambda w: {
        "first_on": "2026-01-01",
        "last_on": "2026-12-31",
    },
    "api:list_opportunity_results": lambda w: {
        "first_on": "2026-01-01",
        "last_on": "2026-12-31",
    },
}


def _later_stage(w: World) -> int:
    """Return the stage after the first."""
    return int(Stage.objects.get(key="need").pk)


def _version(record: Any) -> int:
    return int(type(record).objects.get(pk=record.pk).version)


DATA: Mapping[str, Data] = {
    "set_language": lambda w: {"language": "en"},
    "account_login": lambda w: {"login": "nobody", "password": SECRET},
    "account_reset_password": lambda w: {"email": "nobody@example.cn"},
    "identity:user_create": lambda w: {
        "username": "newcomer",
        "name": "新人",
        "password": SECRET,
        "team": str(w.visitor.team_id),
    },
    "identity:user": lambda w: {
        "username": "renamed",
        "name": "改名",
        "team": str(w.team.pk),
    },
    "identity:user_password": lambda w: {"password": SECRET},
    "identity:team_create": lambda w: {"name": "新队", "parent": ""},
    "identity:team": lambda w: {"name": "改队", "parent": ""},
    "identity:access_days": lambda w: {
        "action": "review",
        "pk": [str(w.access_day.pk)],
    },
    **dict.fromkeys(
        ("identity:access_day", "api:post_access_review"),
        lambda w: {"remark": "已核对"},
    ),
    "identity:duty_create": lambda w: {
        "kind": "training",
        "title": "年度培训",
        "text": "保密培训",
        "effective_on": "2026-03-02",
        "gate": "flag",
        "days": "14",
        "months": "12",
    },
    "identity:duty_edit": lambda w: {
        "title": "新名称",
        "gate": "none",
        "days": "14",
        "months": "0",
    },
    "identity:duty_version": lambda w: {
        "text": "新的内容",
        "effective_on": "2026-03-02",
    },
    "identity:duty_record": lambda w: {
        "users": [str(w.mate.pk)],
        "done_on": "2026-03-02",
    },
    "identity:role_create": lambda w: _role_form("新角色"),
    "identity:provider": lambda w: {"group": "desk", "role": w.role.pk},
    "identity:role": lambda w: _role_form("改角色"),
    "identity:token_create": lambda w: {
        "name": "新令牌",
        "days": "30",
        "scopes": ["customer.read"],
    },
    "identity:account": lambda w: {"theme": "dark", "density": "compact"},
    "customers:customers": lambda w: {"action": "trash", "pk": [str(w.customer.pk)]},
    "customers:new_customer": lambda w: {
        "form": "person",
        "name": "新客户",
        "state": "potential",
    },
    "customers:duplicates": lambda w: {"form": "person", "name": "王芳"},
    "customers:new_code": lambda w: {
        "scheme": "kind",
        "key": "vip",
        "name_zh": "贵宾",
        "name_en": "VIP",
    },
    "customers:new_group": lambda w: {"name_zh": "会员", "name_en": "Member"},
    "customers:edit_group": lambda w: {
        "name_zh": "会员",
        "name_en": "Member",
        "position": "1",
    },
    "customers:new_field": lambda w: _FIELD | {"group": w.group.pk, "kind": "text"},
    "customers:edit_handling": lambda w: {"tip_zh": "好好接待", "is_offered": "on"},
    **dict.fromkeys(
        ("customers:edit_tier_handling", "customers:edit_segment_handling"),
        lambda w: {"least_days": "7", "tone": "warm"},
    ),
    **dict.fromkeys(
        ("customers:new_contact", "customers:edit_investment"),
        lambda w: {
            "mode": "visit",
            "aim": "retention",
            "happened_at": "2026-03-02T10:30",
            "place": "客户公司",
            "amount": "86.50",
        },
    ),
    **dict.fromkeys(
        ("customers:new_bond", "api:post_bond"),
        lambda w: {
            "method": "asked",
            "assessed_on": "2025-03-02",
            "note": "回访",
            **dict.fromkeys(BOND_SCORES, "7.5"),
        },
    ),
    **dict.fromkeys(
        ("customers:new_switching_cost", "api:post_switching_cost"),
        lambda w: {
            "item": "learning",
            "amount": "800.00",
            "product": "沙发",
            "note": "培训两天",
        },
    ),
    **dict.fromkeys(
        ("customers:new_delivered_value", "api:post_delivered_value"),
        lambda w: {
            "offer": "全屋定制",
            "supplier": "同行",
            "assessed_on": "2025-03-02",
            **dict.fromkeys((*VALUES, *COSTS), "900"),
        },
    ),
    "customers:new_finding": lambda w: {**FINDING_FORM, "about": "attitude"},
    "customers:edit_finding": lambda w: {**FINDING_FORM, **SEEN},
    **dict.fromkeys(
        ("customers:new_peer", "customers:edit_peer", "api:post_peer"),
        lambda w: {"name": "老吴", "product": "窗帘"},
    ),
    **dict.fromkeys(("customers:new_tip", "api:post_tip"), lambda w: TIP),
    "customers:new_observation": lambda w: {**FINDING_FORM, **SEEN},
    **dict.fromkeys(
        ("customers:new_data_set", "customers:edit_data_set"),
        lambda w: {"name": "门店客流", "purpose": "排班", "upkeep_cost": "1200"},
    ),
    "customers:new_cost": lambda w: {
        "aim": "retention",
        "happened_at": "2026-03-02T10:30",
        "amount": "268",
    },
    "customers:new_plan": lambda w: {"kind": "needs", "title": "走访"},
    "customers:edit_plan": lambda w: {"title": "改名", "state": "done"},
    "customers:new_line": lambda w: {"text": "四个新品"},
    "customers:edit_line": lambda w: {"text": "五个新品"},
    "customers:types": lambda w: {"version": str(w.customer.version)},
    "customers:edit_field": lambda w: _FIELD | {"position": "1", "is_active": "on"},
    "customers:edit_code": lambda w: {"name_zh": "改名", "name_en": "Renamed"},
    "customers:duplicate_pairs": lambda w: {
        "action": "dismiss",
        "pk": [str(w.pair.pk)],
    },
    "sales:beyond": lambda w: {"reason": "老客户"},
    "sales:instalments": lambda w: {"amount": "900", "count": "3"},
    "api:post_instalment_check": lambda w: {"amount": "900", "instalments": 3},
    "api:post_instalment_approval": lambda w: {"amount": "900", "instalments": 3},
    "customers:credit_limit": lambda w: {"amount": "500", "reason": "老客户"},
    "customers:new_credit_report": lambda w: {
        "origin": "own",
        "reported_on": str(DAY),
        "valid_until": str(DAY),
        "findings": "经营正常",
    },
    "customers:assess": lambda w: {
        "assessed_on": str(DAY),
        **{f"score_{f}": "80" for f in FACTORS[Standard.FIVE_C]},
        **{f"evidence_{f}": "实地走访" for f in FACTORS[Standard.FIVE_C]},
    },
    "customers:quality_rules": lambda w: {
        name: QualityForm(None, rules=QualityRules())[name].value()
        for name in QualityForm(None, rules=QualityRules()).fields
    },
    "customers:point_state": lambda w: {"works": "no"},
    "api:post_point_state": lambda w: {"works": False},
    "customers:credit_rules": lambda w: {
        name: bound.value()
        for name in RulesForm(None, rules=CreditRules()).fields
        for bound in [RulesForm(None, rules=CreditRules())[name]]
    },
    "api:post_assessment": lambda w: {
        "standard": "5p",
        "scores": {
            f: {"score": 70, "evidence": "走访"} for f in FACTORS[Standard.FIVE_P]
        },
    },
    "api:post_credit_report": lambda w: {
        "origin": "own",
        "reported_on": str(DAY),
        "valid_until": str(DAY),
        "findings": "经营正常",
    },
    "api:post_credit_limit": lambda w: {"amount": "500", "reason": "老客户"},
    "customers:merge": lambda w: {
        "target": str(w.double.pk),
        "survivor_version": str(_version(w.customer)),
        "gone_version": str(_version(w.double)),
    },
    "customers:edit_customer": lambda w: {
        "form": "person",
        "name": "王芳芳",
        "state": w.customer.state,
        "version": str(w.customer.version),
        "base": "{}",
    },
    "customers:edit_note": lambda w: {"text": "下月回访"},
    "customers:pin_note": lambda w: {"is_pinned": "1"},
    "files:new": lambda w: {"name": "合同", "paper_place": "3 号柜"},
    "files:edit": lambda w: {"name": "合同", "paper_place": "5 号柜"},
    "api:post_file": lambda w: {
        "kind": "customer",
        "record": w.customer.pk,
        "file": SimpleUploadedFile("备忘.txt", b"text"),
    },
    "api:put_file": lambda w: {"name": "合同"},
    "customers:new_consent": lambda w: {
        "answer": "given",
        "purposes": ["marketing"],
        "channels": ["email"],
        "proof": "电话同意",
    },
    "customers:consent_withdrawal": lambda w: {"proof": "来电"},
    **dict.fromkeys(
        ("customers:new_territory", "customers:edit_territory"),
        lambda w: {"name": "华北", "provinces": "北京，天津"},
    ),
    "customers:placing": lambda w: {"territories": [w.territory.pk]},
    "customers:new_share": lambda w: {
        "user": w.mate.pk,
        "level": "read",
        "reason": "代班",
    },
    "customers:new_wall": lambda w: {"team": w.empty_team.pk, "reason": "利益冲突"},
    "customers:new_block": lambda w: {"channel": "phone", "reason": "不想接电话"},
    "customers:contact_preference": lambda w: {"channel": "email"},
    "customers:new_erasure": lambda w: {
        "reason": "request",
        "identity": "document",
        "typed": w.friend.name,
    },
    **dict.fromkeys(
        ("customers:new_subject_export", "api:post_copies"),
        lambda w: {"identity": "document"},
    ),
    "customers:retention_rule": lambda w: {"months": "36"},
    "customers:new_limit": lambda w: {"kind": "profiling", "reason": "来信要求"},
    "customers:new_consent_text": lambda w: {
        "purpose": str(w.purpose.pk),
        "text_zh": "您同意吗？",
        "text_en": "Do you agree?",
    },
    "customers:note": lambda w: {"text": "下周再联系"},
    "customers:state": lambda w: {"state": "lost"},
    "customers:stage": lambda w: {"stage": "stable"},
    "customers:tags": lambda w: {"tags": "重点"},
    "customers:new_handover": lambda w: {
        "old_owner": str(w.owner.pk),
        "takers": [str(w.mate.pk)],
        "spread": "equal",
        "start": "1",
    },
    "customers:new_segment": lambda w: SEGMENT_FORM | {"membership": "dynamic"},
    "customers:edit_segment": lambda w: SEGMENT_FORM,
    "customers:segment_preview": lambda w: SEGMENT_FORM,
    "customers:owner": lambda w: {"owner": str(w.mate.pk)},
    "customers:reveal": lambda w: {"reason": "核对身份"},
    "customers:new_relation": lambda w: {
        "kind": "works_for",
        "target": str(w.friend.pk),
    },
    "sales:orders": lambda w: {"action": "release", "pk": [str(w.order.pk)]},
    "sales:new_order": lambda w: {
        "customer": str(w.customer.pk),
        "channel": "other",
        **LINE_FORM,
    },
    "sales:edit_order": lambda w: {
        "customer": str(w.customer.pk),
        "channel": "store",
        "version": str(w.order.version),
        **LINE_FORM,
    },
    "sales:sums": lambda w: LINE_FORM,
    "sales:payment": lambda w: {"amount": "10", "method": "cash"},
    "sales:refund": lambda w: {"amount": "10", "reason": "退货"},
    "sales:cancel": lambda w: {"reason": "不要了"},
    "sales:reschedule": lambda w: {
        "due_on": "2026-05-01",
        "ship_on": "",
        "version": w.order.version,
    },
    "sales:new_lead": lambda w: LEAD_FORM,
    "sales:edit_lead": lambda w: {**LEAD_FORM, "version": str(_version(w.lead))},
    "sales:contact_lead": lambda w: {"mode": "phone", "note": "有意向"},
    "sales:convert_lead": lambda w: {"into": "new"},
    "sales:discard_lead": lambda w: {"reason": "need"},
    "sales:assign_lead": lambda w: {"owner": str(w.mate.pk)},
    "sales:lead_rules": lambda w: LEAD_TERMS,
    "sales:new_lead_rule": lambda w: LEAD_RULE_FORM | {"receivers": str(w.mate.pk)},
    "sales:edit_lead_rule": lambda w: LEAD_RULE_FORM | {"receivers": str(w.mate.pk)},
    "sales:new_opportunity": lambda w: {**OPPORTUNITY_FORM, "stage": str(w.stage.pk)},
    "sales:edit_opportunity": lambda w: {
        **OPPORTUNITY_FORM,
        "version": str(_version(w.opportunity)),
    },
    "sales:move_opportunity": lambda w: {"stage": str(_later_stage(w))},
    "sales:new_objection": lambda w: {
        "kind": "price",
        "nature": "true",
        "said": "太贵",
    },
    "sales:objection_step": lambda w: {
        "feeling": "预算紧",
        "version": str(w.objection.version),
    },
    "sales:win_opportunity": lambda w: {"amount": "5", "closed_on": "2026-03-01"},
    "sales:lose_opportunity": lambda w: {
        "lost_reason": "price",
        "closed_on": "2026-03-01",
    },
    "sales:assign_opportunity": lambda w: {"owner": str(w.mate.pk)},
    "sales:new_stage": lambda w: {"name": "试用", "probability": "40"},
    "sales:edit_stage": lambda w: {"name": "试用", "probability": "40"},
    "sales:drop_stage": lambda w: {"into": str(_later_stage(w))},
    "sales:draw_commissions": lambda w: {"month": "2026-02"},
    "sales:commission_shares": lambda w: {"user0": str(w.mate.pk), "percent0": "10"},
    "sales:adjust_commission": lambda w: {"amount": "5", "reason": "补"},
    "sales:new_commission_plan": lambda w: COMMISSION_PLAN,
    "sales:edit_commission_plan": lambda w: {
        **COMMISSION_PLAN,
        "version": str(_version(w.commission_plan)),
    },
    "sales:edit_target": lambda w: {"m1": "5"},
    "sales:new_product": lambda w: {"code": "N-1", "name": "新品", "price": "1"},
    "sales:edit_product": lambda w: {
        "code": "C-1",
        "name": "改名",
        "price": "1",
        "version": str(w.product.version),
    },
    "analytics:key_rule": lambda w: {"period_days": "365", "orders": "6"},
    "analytics:next_settings": lambda w: {
        "suggestions": "3",
        "confidence": "10",
        "lift": "1.2",
        "least": "10",
        "support": "0.1",
        "again": "50",
    },
    "analytics:next_outcome": lambda w: {"outcome": "offered"},
    "api:post_next_outcome": lambda w: {"outcome": "offered"},
    "analytics:next_products": lambda w: {
        "action": "decline",
        "pk": [str(w.next_product.pk)],
    },
    "analytics:key_proposals": lambda w: {
        "action": "decline",
        "pk": [str(w.proposal.pk)],
    },
    "analytics:explore_views": lambda w: {"name": "各省"},
    "analytics:dashboard_new": lambda w: {"name": "新的"},
    "analytics:dashboard_edit": lambda w: {"name": "改名", "version": "1"},
    "analytics:strategy": lambda w: {"text": "自助下单"},
    **dict.fromkeys(
        ("actions:knowledge_new", "actions:knowledge_edit"),
        lambda w: {
            "title": "缺墨粉",
            "statement": "60 天内没有买墨粉",
            "advice": "致电",
        },
    ),
    "analytics:finding_talk": lambda w: {
        "subject": "2026-02 销售额",
        "people": "队友",
        "text": "请看看原因",
    },
    "analytics:discussion": lambda w: {"text": "已经在跟进"},
    "analytics:board_deliveries": lambda w: {
        "rhythm": "week",
        "form": "pdf",
        "hour": "8",
        "span": "month",
        "against": "before",
        "to_me": "on",
    },
    "analytics:view_deliveries": lambda w: {
        "rhythm": "week",
        "form": "pdf",
        "hour": "8",
        "to_me": "on",
    },
    "analytics:tile_new": lambda w: {
        "name": "新的",
        "title": "",
        "kind": "bar",
        "width": "6",
    },
    "analytics:tile_edit": lambda w: {
        "title": "销售额",
        "kind": "bar",
        "width": "6",
        "version": "1",
    },
    "analytics:tile_move": lambda w: {"to": "later", "version": "1"},
    "analytics:tile_remove": lambda w: {"version": "1"},
    "analytics:thresholds": lambda w: initial_of(analysis_settings()),
    "analytics:runs": lambda w: {"as_of": "2026-03-02"},
    "actions:contact": lambda w: {"outcome": "reached"},
    "actions:draft": lambda w: {"text": "您好"},
    "actions:message_task": lambda w: _plan(w),
    "actions:assignment": lambda w: {"assignee": str(w.colleague.pk)},
    "actions:dismissal": lambda w: {"reason": "known"},
    "actions:new_task": lambda w: _plan(w),
    "actions:move": lambda w: {"due_on": "2026-05-01"},
    "actions:rule": lambda w: {"mode": "off", "held_percent": "5", **_parameters()},
    "foundation:new_days": lambda w: {
        "first_on": "2040-05-01",
        "what": "off",
        "name": "劳动节",
    },
    "imports:new": lambda w: {"kind": "customers", "file": _file()},
    "imports:plan": lambda w: _mapping(w),
    "imports:keep": lambda w: {"name": "我的格式"},
    "api:post_import": lambda w: {"kind": "customers", "file": _file()},
    "api:put_mapping": lambda w: {"columns": {"0": "name"}},
    "foundation:table_view": lambda w: {"name": "新视图", "query": "?sort=name"},
    "foundation:view_choice": lambda w: {"is_pinned": "1"},
    "api:post_customer": lambda w: {"name": "新客户"},
    "api:patch_customer": lambda w: {"version": w.customer.version, "note": "好"},
    "api:post_state": lambda w: {"state": "lost"},
    **dict.fromkeys(
        ("api:post_handover", "api:post_handover_preview"),
        lambda w: {"old_owner": w.owner.pk, "takers": [w.mate.pk]},
    ),
    "api:post_segment": lambda w: {"name": "李家", "definition": SEGMENT_TREE},
    "api:post_segment_count": lambda w: {"definition": SEGMENT_TREE},
    "api:patch_segment": lambda w: {"name": "李家"},
    **dict.fromkeys(
        ("api:post_segment_members", "api:post_segment_removal"),
        lambda w: {"customers": [w.friend.pk]},
    ),
    "api:post_owner": lambda w: {"owner": w.mate.pk},
    "api:post_fulfilments": lambda w: {
        "users": [w.mate.pk],
        "done_on": "2026-03-02",
    },
    **dict.fromkeys(
        ("api:post_territory", "api:put_territory"),
        lambda w: {"name": "华北", "provinces": ["北京"]},
    ),
    "api:post_territory_preview": lambda w: {"provinces": ["北京"]},
    "api:post_territory_customers": lambda w: {"customers": []},
    "api:post_share": lambda w: {"user": w.mate.pk, "reason": "代班"},
    "api:post_wall": lambda w: {"team": w.empty_team.pk, "reason": "利益冲突"},
    "api:post_consents": lambda w: {
        "is_given": False,
        "purposes": ["marketing"],
        "channels": ["email"],
    },
    "api:post_erasure": lambda w: {
        "reason": "request",
        "identity": "document",
        "name": w.friend.name,
    },
    "api:post_limits": lambda w: {"kind": "profiling", "reason": "来信要求"},
    "api:post_finding": lambda w: {
        **FINDING_FORM,
        "kind": "attitude",
        "found_at": "2026-03-02T10:30:00Z",
    },
    "api:post_investment": lambda w: {"mode": "phone", "amount": "12.50"},
    "api:patch_investment": lambda w: {"amount": "13"},
    **dict.fromkeys(
        ("api:post_note", "api:put_note"), lambda w: {"text": "下周再联系"}
    ),
    "api:post_targets": lambda w: {"customers": [w.customer.pk], "reason": "规模合适"},
    "api:post_target_withdrawal": lambda w: {"customers": [w.customer.pk]},
    "api:post_data_set": lambda w: {"name": "展厅客流", "purpose": "排班"},
    "api:patch_data_set": lambda w: {"purpose": "排班", "upkeep_cost": "12.50"},
    "api:post_order": lambda w: {"customer": w.customer.pk, "lines": [LINE]},
    "api:put_order": lambda w: {"version": w.order.version, "lines": [LINE]},
    "api:post_schedule": lambda w: {"version": w.order.version, "due_on": "2026-05-01"},
    "api:post_cancellation": lambda w: {"reason": "不要了"},
    "api:post_payment": lambda w: {"amount": "10"},
    "api:post_refund": lambda w: {"amount": "10", "reason": "退货"},
    "api:post_lead": lambda w: {"name": "王芳"},
    "api:patch_lead": lambda w: {"version": w.lead.version, "city": "杭州"},
    "api:post_lead_contact": lambda w: {"mode": "phone", "note": "有意向"},
    "api:post_lead_conversion": lambda w: {"opportunity": ""},
    "api:post_lead_discard": lambda w: {"reason": "need"},
    "api:post_opportunity": lambda w: {"name": "新店装修"},
    "api:patch_opportunity": lambda w: {
        "version": w.opportunity.version,
        "name": "新店装修",
    },
    "api:post_objection": lambda w: {"kind": "price", "said": "太贵"},
    "api:patch_objection": lambda w: {
        "version": w.objection.version,
        "feeling": "预算紧",
    },
    "api:post_opportunity_stage": lambda w: {"stage": _later_stage(w)},
    "api:post_opportunity_win": lambda w: {"amount": "5"},
    "api:post_opportunity_loss": lambda w: {"reason": "price"},
    "api:put_sales_targets": lambda w: {"year": 2026, "months": [1] * 12},
    "api:post_product": lambda w: {"code": "N-1", "name": "新品"},
    "api:patch_product": lambda w: {"version": w.product.version, "unit": "把"},
    "api:post_contact": lambda w: {"outcome": "reached"},
    "api:post_dismissal": lambda w: {"reason": "known"},
    "api:post_assignee": lambda w: {"assignee": w.colleague.pk},
    "api:post_message_task": lambda w: {"kind": "call", "due_on": "2026-05-01"},
    "api:post_task": lambda w: {
        "customer": w.customer.pk,
        "kind": "call",
        "due_on": "2026-05-01",
    },
    "api:post_day": lambda w: {"due_on": "2026-05-01"},
    "api:post_task_completion": lambda w: {"note": "好"},
    "api:post_task_cancellation": lambda w: {"note": "好"},
}


def _plan(w: World) -> Mapping[str, Any]:
    return {
        "kind": "call",
        "title": "回访",
        "due_on": "2026-05-01",
        "assignee": str(w.owner.pk),
    }


def _file_order(w: World) -> NewOrder:
    return NewOrder(
        "F-1",
        (w.customer.pk, w.owner.pk, w.team.pk),
        w.at,
        DAY,
        "CNY",
        lines=[NewOrderLine("桌子", Decimal(1), amount=Decimal(100))],
    )


def _file_deal(w: World) -> deal_files.NewOpportunity:
    return deal_files.NewOpportunity(
        name="新店装修",
        stage=w.stage,
        state=OpportunityState.OPEN,
        owner=(w.owner.pk, w.team.pk),
        product_id=None,
        began_at=None,
        given={"name": "新店装修"},
        says_stage=False,
        says_owner=False,
        customer_id=w.customer.pk,
    )


def _file_contact(w: World) -> contact_files.NewInvestment:
    return contact_files.NewInvestment(
        w.customer.pk, "service", "visit", w.at, "上海", Decimal(100), "谈合同"
    )


def _file() -> SimpleUploadedFile:
    return SimpleUploadedFile("客户.csv", "名称\n张伟\n".encode())


def _kept() -> imports.KeptFile:
    return imports.KeptFile("客户.csv", Path("imports/none"), 1, "0" * 64)


def _mapping(w: World) -> Mapping[str, Any]:
    """Return the forms of a run's mapping as they are first shown."""
    forms = (
        PlanForm(run=w.ready_run, viewer=w.owner),
        FormatForm(run=w.ready_run),
    )
    return {
        bound.html_name: "" if bound.value() is None else bound.value()
        for form in forms
        for bound in form
    }


def _role_form(name: str) -> Mapping[str, Any]:
    depths = {
        f"depth:{p.permission(a)}": "0" for p in all_policies() for a in p.actions
    }
    return {"name": name, **depths}


def _parameters() -> Mapping[str, str]:
    watch = WATCHES[Detector.VITAL_SILENT]
    return {p.key: str(p.default) for p in watch.parameters}


CALLS: Mapping[str, Call] = {
    "actions.apply_message": lambda by, w: action_message.apply_message(
        by, w.release_message, at=w.at
    ),
    "actions.assign_message": lambda by, w: action_message.assign_message(
        by, w.message, w.colleague, at=w.at
    ),
    "actions.cancel_task": lambda by, w: task.cancel_task(by, w.task, at=w.at),
    "actions.complete_task": lambda by, w: task.complete_task(by, w.task, at=w.at),
    "actions.create_task": lambda by, w: task.create_task(
        by, w.customer, kind=TaskKind.CALL, title="", due_on=DAY, at=w.at
    ),
    "actions.detect": lambda by, w: detection.detect(by, as_of=DAY, at=w.at),
    "actions.dismiss_message": lambda by, w: action_message.dismiss_message(
        by, w.message, reason=DismissReason.KNOWN, at=w.at
    ),
    "actions.hand_over_work": lambda by, w: work_owner.hand_over_work(
        by, [w.customer], old_owner_id=w.customer.owner_id
    ),
    "actions.move_task": lambda by, w: task.move_task(
        by, w.task, due_on=date(2026, 5, 1), at=w.at
    ),
    "actions.plan_task": lambda by, w: action_message.plan_task(
        by, w.message, kind=TaskKind.CALL, due_on=DAY, at=w.at
    ),
    "actions.record_contact": lambda by, w: action_message.record_contact(
        by, w.message, outcome=Outcome.REACHED, note="", at=w.at
    ),
    "actions.reopen_message": lambda by, w: action_message.reopen_message(
        by, w.settled, at=w.at
    ),
    "actions.set_rule": lambda by, w: rule.set_rule(
        by, Detector.VITAL_SILENT, mode=Mode.OFF, parameters={}, at=w.at
    ),
    "analytics.request_load": lambda by, w: warehouse.request_load(
        by, is_whole=False, at=w.at
    ),
    "analytics.load_warehouse": lambda by, w: warehouse.load_warehouse(by, at=w.at),
    "analytics.request_analysis": lambda by, w: analysis.request_analysis(
        by, as_of=DAY, at=w.at
    ),
    "analytics.find_duplicates": lambda by, w: duplicates.find_duplicates(by, at=w.at),
    "analytics.accept_key_proposal": lambda by, w: key_proposal.accept_key_proposal(
        by, w.proposal, at=w.at
    ),
    "analytics.decline_key_proposal": lambda by, w: key_proposal.decline_key_proposal(
        by, w.proposal, at=w.at
    ),
    "analytics.reopen_key_proposal": lambda by, w: key_proposal.reopen_key_proposal(
        by, w.declined, at=w.at
    ),
    "analytics.record_offer": lambda by, w: next_product.record_offer(
        by, w.next_product, outcome=OfferState.OFFERED, at=w.at
    ),
    "analytics.store_next_products": lambda by, w: next_product.store_next_products(
        by, [], [], at=w.at
    ),
    "analytics.settle_offers": lambda by, w: next_product.settle_offers(
        by, customer_id=w.customer.pk
    ),
    "analytics.segment_core": lambda by, w: core.segment_core(
        by, [w.customer.pk], name="核心", at=w.at
    ),
    "analytics.save_exploration": lambda by, w: exploration.save_exploration(
        by, name="各省", query="?rows=province", is_shared=False, at=w.at
    ),
    "analytics.make_dashboard": lambda by, w: dashboard.make_dashboard(
        by, name="新的", tiles=[], is_shared=False, at=w.at
    ),
    "analytics.change_dashboard": lambda by, w: dashboard.change_dashboard(
        by, w.board, version=1, name="改名", at=w.at
    ),
    "analytics.write_strategy": lambda by, w: strategy.write_strategy(
        by, matrix="value", cell="low_low", text="自助下单", at=w.at
    ),
    "actions.record_knowledge": lambda by, w: knowledge.record_knowledge(
        by, knowledge.KnowledgeFacts("缺墨粉", "没有买墨粉"), at=w.at
    ),
    "actions.change_knowledge": lambda by, w: knowledge.change_knowledge(
        by, w.known, knowledge.KnowledgeFacts("缺墨粉", "仍没有买墨粉"), at=w.at
    ),
    "actions.apply_knowledge": lambda by, w: knowledge.apply_knowledge(
        by, w.known, is_applied=True, at=w.at
    ),
    "actions.end_knowledge": lambda by, w: knowledge.end_knowledge(
        by, w.known, is_ended=True, at=w.at
    ),
    "analytics.begin_discussion": lambda by, w: discussion.begin_discussion(
        by, key="a", subject="销售额", people=[w.mate.pk], text="请看", at=w.at
    ),
    "analytics.reply": lambda by, w: discussion.reply(by, w.talk, text="好", at=w.at),
    "analytics.settle_discussion": lambda by, w: discussion.settle_discussion(
        by, w.talk, is_settled=True, at=w.at
    ),
    "analytics.put_aside": lambda by, w: discussion.put_aside(by, "a", at=w.at),
    "analytics.take_up": lambda by, w: discussion.take_up(by, "a"),
    "analytics.arrange_delivery": lambda by, w: delivery.arrange_delivery(
        by,
        str(w.board.pk),
        recipients=[by.actor_id],
        rhythm=Rhythm.WEEK,
        hour=8,
        span=Span.MONTH,
        against=Against.BEFORE,
        at=w.at,
    ),
    "analytics.arrange_view_delivery": lambda by, w: delivery.arrange_view_delivery(
        by,
        w.view,
        recipients=[by.actor_id],
        rhythm=Rhythm.WEEK,
        hour=8,
        span=None,
        at=w.at,
    ),
    "analytics.end_delivery": lambda by, w: delivery.end_delivery(by, w.delivery),
    "analytics.leave_delivery": lambda by, w: delivery.leave_delivery(by, w.delivery),
    "analytics.delete_dashboard": lambda by, w: dashboard.delete_dashboard(by, w.board),
    "analytics.store_key_proposals": lambda by, w: key_proposal.store_key_proposals(
        by, {}, rule=analysis_settings().key, at=w.at
    ),
    "analytics.count_relationships": lambda by, w: relation_month.count_relationships(
        by, as_of=DAY, at=w.at
    ),
    "analytics.run_analysis": lambda by, w: analysis.run_analysis(
        by, as_of=DAY, at=w.at
    ),
    "analytics.set_analysis_settings": lambda by, w: analysis.set_analysis_settings(
        by, values={}, at=w.at
    ),
    "customers.add_code": lambda by, w: code.add_code(
        by, "kind", "vip", CodeNames(zh="贵宾", en="VIP"), at=w.at
    ),
    "customers.add_contact_point": lambda by, w: contact_point.add_contact_point(
        by, w.customer, Point(PointKind.PHONE, "13900139000"), at=w.at
    ),
    "customers.add_field": lambda by, w: field.add_field(
        by, w.group, FieldKind.TEXT, at=w.at, names=Names("车牌", "Plate")
    ),
    "customers.add_group": lambda by, w: field.add_group(
        by, Names("会员", "Member"), form="", at=w.at
    ),
    "customers.add_credit_report": lambda by, w: credit.add_credit_report(
        by, w.customer, REPORT, at=w.at
    ),
    "customers.assess_credit": lambda by, w: credit.assess_credit(
        by, w.customer, Standard.FIVE_C, scores=SCORES, on=DAY, at=w.at
    ),
    "customers.refresh_credit": lambda by, w: credit.refresh_credit(by, [w.customer]),
    "customers.remove_credit_report": lambda by, w: credit.remove_credit_report(
        by, w.customer, w.report.pk, at=w.at
    ),
    "customers.set_credit_limit": lambda by, w: credit.set_credit_limit(
        by, w.customer, Decimal(500), reason="老客户", at=w.at
    ),
    "customers.confirm_part": lambda by, w: quality.confirm_part(
        by, w.customer, "contact", at=w.at
    ),
    "customers.mark_contact_point": lambda by, w: quality.mark_contact_point(
        by, w.customer, w.point.pk, works=False, at=w.at
    ),
    "customers.set_quality_rules": lambda by, w: quality.set_quality_rules(
        by, QualityRules(person={"phone": 100}), at=w.at
    ),
    "customers.refresh_quality": lambda by, w: quality_score.refresh_quality(
        by, first=1, last=w.customer.pk, at=w.at
    ),
    "customers.keep_quality_week": lambda by, w: quality_score.keep_quality_week(
        by, at=w.at
    ),
    "customers.set_credit_rules": lambda by, w: credit.set_credit_rules(
        by, CreditRules(breach_days=60), at=w.at
    ),
    "customers.add_note": lambda by, w: note.add_note(by, w.customer, "好", at=w.at),
    "customers.add_relation": lambda by, w: relation.add_relation(
        by, w.friend, target=w.customer, kind=RelationKind.WORKS_FOR, at=w.at
    ),
    "customers.change_note": lambda by, w: note.change_note(
        by, w.customer, w.note.pk, "下月回访", at=w.at
    ),
    "customers.pin_note": lambda by, w: note.pin_note(
        by, w.customer, w.note.pk, is_pinned=True, at=w.at
    ),
    "customers.restore_note": lambda by, w: note.restore_note(
        by, w.customer, w.gone_note.pk, at=w.at
    ),
    "customers.trash_note": lambda by, w: note.trash_note(
        by, w.customer, w.note.pk, at=w.at
    ),
    "foundation.set_special_days": lambda by, w: days.set_special_days(
        by, DAY, DAY, is_working=False, name="店庆", at=w.at
    ),
    "foundation.remove_special_day": lambda by, w: days.remove_special_day(
        by, w.special_day.pk, at=w.at
    ),
    "foundation.restore_special_day": lambda by, w: days.restore_special_day(
        by, w.gone_day.pk, at=w.at
    ),
    "foundation.add_file": lambda by, w: files.add_file(
        by, place_of("customer"), w.customer, PAPER, at=w.at
    ),
    "foundation.change_file": lambda by, w: files.change_file(
        by, _attached(w, w.file), FileFacts(name="另一份"), at=w.at
    ),
    "foundation.trash_file": lambda by, w: files.trash_file(
        by, _attached(w, w.file), at=w.at
    ),
    "foundation.restore_file": lambda by, w: files.restore_file(
        by, _attached(w, w.gone_file), at=w.at
    ),
    "customers.assign_customers": lambda by, w: owner.assign_customers(
        by, [w.customer], w.mate, at=w.at
    ),
    "customers.designate_targets": lambda by, w: target.designate_targets(
        by, [w.double], reason="规模合适", at=w.at
    ),
    "customers.tell_of_ownerless": lambda by, w: ownerless.tell_of_ownerless(
        by, at=w.at
    ),
    "customers.create_bonds": lambda by, w: bond_files.create_bonds(
        by,
        [
            bond_files.NewBond(
                w.customer.pk, DAY, "survey", (Decimal(7), *[None] * 9), ""
            )
        ],
        run_id=w.import_run.pk,
        at=w.at,
    ),
    "customers.remove_bonds": lambda by, w: bond_files.remove_bonds(
        by, w.import_run.pk, 0, 10, w.at
    ),
    "customers.create_investments": lambda by, w: contact_files.create_investments(
        by, [_file_contact(w)], run_id=w.import_run.pk, at=w.at
    ),
    "customers.remove_investments": lambda by, w: contact_files.remove_investments(
        by, w.import_run.pk, 0, 10, w.at
    ),
    "customers.withdraw_targets": lambda by, w: target.withdraw_targets(
        by, [w.customer], at=w.at
    ),
    "customers.share_customer": lambda by, w: share.share_customer(
        by, w.customer, to=w.mate, reason="代班", at=w.at
    ),
    "customers.revoke_share": lambda by, w: share.revoke_share(
        by, w.customer, w.share.pk, at=w.at
    ),
    "customers.save_territory": lambda by, w: territory.save_territory(
        by, w.territory, plan=TerritoryPlan(name="华北"), at=w.at
    ),
    "customers.delete_territory": lambda by, w: territory.delete_territory(
        by, w.territory, at=w.at
    ),
    "customers.place_customers": lambda by, w: territory.place_customers(
        by, w.territory, [w.customer], at=w.at
    ),
    "customers.refill_territory": lambda by, w: territory.refill_territory(
        by, w.territory, at=w.at
    ),
    "customers.set_wall": lambda by, w: wall.set_wall(
        by, w.customer, to=w.mate, reason="利益冲突", at=w.at
    ),
    "customers.take_wall_down": lambda by, w: wall.take_wall_down(
        by, w.customer, w.wall.pk, at=w.at
    ),
    "customers.block_contact": lambda by, w: contact.block_contact(
        by, w.customer, ContactChannel.PHONE, reason="不想接电话", at=w.at
    ),
    "customers.request_subject_export": lambda by, w: (
        subject_export.request_subject_export(
            by, w.customer, identity=IdentityCheck.DOCUMENT, at=w.at
        )
    ),
    "customers.take_subject_export": lambda by, w: subject_export.take_subject_export(
        by, w.customer, w.subject_copy.pk, at=w.at
    ),
    "customers.set_retention": lambda by, w: retention.set_retention(
        by, Category.NOTES, months=60, is_on=False, at=w.at
    ),
    "customers.try_retention": lambda by, w: retention.try_retention(
        by, Category.NOTES, months=60, at=w.at
    ),
    "customers.carry_out_part": lambda by, w: retention.carry_out_part(
        by, w.retention_run, at=w.at
    ),
    "customers.request_erasure": lambda by, w: erasure.request_erasure(
        by, w.friend, ERASURE, at=w.at
    ),
    "customers.erase_customer": lambda by, w: erasure.erase_customer(
        by, w.erasure, at=w.at
    ),
    "customers.limit_processing": lambda by, w: limit.limit_processing(
        by, w.customer, LimitKind.PROFILING, reason="来信要求", at=w.at
    ),
    "customers.lift_limit": lambda by, w: limit.lift_limit(
        by, w.customer, LimitKind.HOLD, at=w.at
    ),
    "customers.lift_block": lambda by, w: contact.lift_block(
        by, w.customer, w.block.pk, at=w.at
    ),
    "customers.record_consent": lambda by, w: consent.record_consent(
        by, w.customer, STATEMENT, at=w.at
    ),
    "customers.set_contact_preference": lambda by, w: contact.set_contact_preference(
        by, w.customer, Preference(channel=ContactChannel.EMAIL), at=w.at
    ),
    "customers.withdraw_everything": lambda by, w: consent.withdraw_everything(
        by, w.customer, at=w.at
    ),
    "customers.write_consent_text": lambda by, w: consent.write_consent_text(
        by, w.purpose, zh="您同意吗？", en="Do you agree?", at=w.at
    ),
    "customers.change_code": lambda by, w: code.change_code(
        by, w.code, CodeNames(zh="改名", en="Renamed"), is_active=True, at=w.at
    ),
    "customers.change_field": lambda by, w: field.change_field(
        by, w.field, at=w.at, names=Names("车牌", "Plate")
    ),
    "customers.register_peer": lambda by, w: peer.register_peer(
        by, at=w.at, name="老吴", product="窗帘"
    ),
    "customers.change_peer": lambda by, w: peer.change_peer(
        by, w.peer, at=w.at, product="地板"
    ),
    "customers.remove_peer": lambda by, w: peer.remove_peer(by, w.peer, at=w.at),
    "customers.log_tip": lambda by, w: peer.log_tip(
        by,
        w.peer,
        peer.Lead(name="新店一家"),
        outcome=DealOutcome.LOST,
        need="二十套桌椅",
        told_on=DAY,
        at=w.at,
    ),
    "customers.assess_bond": lambda by, w: bond.assess_bond(
        by,
        w.customer,
        AssessmentMethod.ASKED,
        assessed_on=DAY,
        at=w.at,
        satisfaction=Decimal(8),
    ),
    "customers.trash_bond": lambda by, w: bond.trash_bond(
        by, w.customer, w.bond.pk, at=w.at
    ),
    "customers.restore_bond": lambda by, w: bond.restore_bond(
        by, w.customer, w.gone_bond.pk, at=w.at
    ),
    "customers.add_switching_cost": lambda by, w: bond.add_switching_cost(
        by, w.customer, SwitchingItem.RISK, amount=Decimal(9), at=w.at
    ),
    "customers.trash_switching_cost": lambda by, w: bond.trash_switching_cost(
        by, w.customer, w.switching.pk, at=w.at
    ),
    "customers.restore_switching_cost": lambda by, w: bond.restore_switching_cost(
        by, w.customer, w.gone_switching.pk, at=w.at
    ),
    "customers.add_delivered_value": lambda by, w: bond.add_delivered_value(
        by,
        w.customer,
        "全屋定制",
        assessed_on=DAY,
        at=w.at,
        **PARTS,
    ),
    "customers.trash_delivered_value": lambda by, w: bond.trash_delivered_value(
        by, w.customer, w.offer.pk, at=w.at
    ),
    "customers.restore_delivered_value": lambda by, w: bond.restore_delivered_value(
        by, w.customer, w.gone_offer.pk, at=w.at
    ),
    "customers.add_finding": lambda by, w: finding.add_finding(
        by,
        w.customer,
        FindingKind.ATTITUDE,
        at=w.at,
        source=FindingSource.SURVEY,
        found_at=w.at,
        provider="市调公司",
        text="对送货满意",
    ),
    "customers.change_finding": lambda by, w: finding.change_finding(
        by, w.customer, w.finding.pk, at=w.at, text="不满意"
    ),
    "customers.trash_finding": lambda by, w: finding.trash_finding(
        by, w.customer, w.finding.pk, at=w.at
    ),
    "customers.restore_finding": lambda by, w: finding.restore_finding(
        by, w.customer, w.gone_finding.pk, at=w.at
    ),
    "customers.describe_data_set": lambda by, w: data_set.describe_data_set(
        by, w.data_set.key, at=w.at, purpose="排班"
    ),
    "customers.add_data_set": lambda by, w: data_set.add_data_set(
        by, "门店客流", at=w.at
    ),
    "customers.remove_data_set": lambda by, w: data_set.remove_data_set(
        by, w.data_set.key, at=w.at
    ),
    "customers.record_investment": lambda by, w: investment.record_investment(
        by, w.customer, at=w.at, mode=ContactMode.VISIT, amount=Decimal(86)
    ),
    "customers.change_investment": lambda by, w: investment.change_investment(
        by, w.investment, at=w.at, amount=Decimal(90)
    ),
    "customers.trash_investment": lambda by, w: investment.trash_investment(
        by, w.investment, at=w.at
    ),
    "customers.restore_investment": lambda by, w: investment.restore_investment(
        by, w.gone_investment, at=w.at
    ),
    "customers.start_plan": lambda by, w: plan.start_plan(
        by, w.customer, PlanKind.NEEDS, at=w.at, title="走访"
    ),
    "customers.change_plan": lambda by, w: plan.change_plan(
        by, w.customer, w.plan.pk, at=w.at, title="改名"
    ),
    "customers.add_plan_line": lambda by, w: plan.add_plan_line(
        by, w.customer, w.plan.pk, "goals", at=w.at, text="四个新品"
    ),
    "customers.change_plan_line": lambda by, w: plan.change_plan_line(
        by, w.customer, w.plan.pk, w.line.pk, at=w.at, text="五个新品"
    ),
    "customers.remove_plan_line": lambda by, w: plan.remove_plan_line(
        by, w.customer, w.plan.pk, w.line.pk, at=w.at
    ),
    "customers.set_handling": lambda by, w: handling.set_handling(
        by, w.yes_field, "true", at=w.at, tip_zh="好好接待"
    ),
    "customers.set_group_handling": lambda by, w: handling.set_group_handling(
        by, Tier.VITAL, at=w.at, tip_zh="亲自打电话"
    ),
    "customers.ship_tier_handlings": lambda by, w: handling.ship_tier_handlings(by),
    "customers.change_group": lambda by, w: field.change_group(
        by, w.group, Names("会员", "Member"), position=1, at=w.at
    ),
    "customers.change_customer": lambda by, w: customer.change_customer(
        by, w.customer, version=w.customer.version, note="好", at=w.at
    ),
    "customers.create_customer": lambda by, w: customer.create_customer(
        by, name="新客户", at=w.at
    ),
    "customers.create_parties": lambda by, w: load.create_parties(
        by, [Party("新客户")], run_id=w.import_run.pk, source="file", at=w.at
    ),
    "customers.link_parents": lambda by, w: load.link_parents(by, w.import_run.pk),
    "customers.mark_buyers": lambda by, w: load.mark_buyers(
        by, [w.brought.pk], run_id=w.import_run.pk, at=w.at
    ),
    "customers.remove_customers": lambda by, w: undo.remove_customers(
        by, w.import_run.pk, 0, 10, w.at
    ),
    "customers.remove_parts": lambda by, w: undo.remove_parts(
        by, w.import_run.pk, 0, 10, w.at
    ),
    "customers.restore_customers": lambda by, w: undo.restore_customers(
        by, w.import_run.pk, 0, 10, w.at
    ),
    "customers.update_parties": lambda by, w: update.update_parties(
        by,
        [(w.customer.pk, Party("王芳", facts={"industry": "零售"}))],
        run_id=w.import_run.pk,
        at=w.at,
    ),
    "customers.mark_actual": lambda by, w: state.mark_actual(
        by, [w.brought.pk], at=w.at
    ),
    "customers.mark_lost": lambda by, w: state.mark_lost(
        by, [w.customer.pk], at=w.at, patience=timedelta(days=180)
    ),
    "customers.dismiss_pair": lambda by, w: duplicate_pair.dismiss_pair(
        by, w.customer, w.double, at=w.at
    ),
    "customers.reopen_pair": lambda by, w: duplicate_pair.reopen_pair(
        by, w.customer, w.double, at=w.at
    ),
    "customers.store_pairs": lambda by, w: duplicate_pair.store_pairs(
        by, [b"%d,%d,80,name,a,b\n" % (w.friend.pk, w.brought.pk)], at=w.at
    ),
    "customers.give_some": lambda by, w: handover_step.give_some(
        by, w.running_handover, at=w.at
    ),
    "customers.start_handover": lambda by, w: handover.start_handover(
        by, w.owner, [w.mate], at=w.at
    ),
    "customers.take_some_back": lambda by, w: handover_step.take_some_back(
        by, w.undoing_handover, at=w.at
    ),
    "customers.take_report": lambda by, w: handover_report.take_report(
        by, w.done_handover, at=w.at
    ),
    "customers.undo_handover": lambda by, w: handover.undo_handover(
        by, w.done_handover, at=w.at
    ),
    "customers.add_members": lambda by, w: segment_member.add_members(
        by, w.chosen, [w.customer], at=w.at
    ),
    "customers.remove_members": lambda by, w: segment_member.remove_members(
        by, w.chosen, [w.friend], at=w.at
    ),
    "customers.refresh_segment": lambda by, w: segment_member.refresh_segment(
        by, w.segment, at=w.at
    ),
    "customers.create_segment": lambda by, w: segment.create_segment(
        by, SEGMENT_FACTS, at=w.at
    ),
    "customers.change_segment": lambda by, w: segment.change_segment(
        by, w.segment, SEGMENT_FACTS, at=w.at
    ),
    "customers.delete_segment": lambda by, w: segment.delete_segment(
        by, w.segment, at=w.at
    ),
    "customers.restore_segment": lambda by, w: segment.restore_segment(
        by, w.gone_segment, at=w.at
    ),
    "customers.ship_segments": lambda by, w: ship_segments.ship_segments(by, at=w.at),
    "customers.merge_customers": lambda by, w: merge.merge_customers(
        by, w.customer, w.double, choices={}, at=w.at
    ),
    "customers.undo_merge": lambda by, w: merge.undo_merge(
        by, w.friend, w.merged, merge_id=w.merge.pk, at=w.at
    ),
    "customers.remove_contact_point": lambda by, w: contact_point.remove_contact_point(
        by, w.customer, w.point.pk, at=w.at
    ),
    "customers.remove_relation": lambda by, w: relation.remove_relation(
        by, w.customer, w.relation.pk, at=w.at
    ),
    "customers.restore_customer": lambda by, w: trash.restore_customer(
        by, w.gone, at=w.at
    ),
    "customers.reveal_field": lambda by, w: reveal.reveal_field(
        by, w.customer, "phone", reason="核对", at=w.at
    ),
    "customers.set_state": lambda by, w: state.set_state(
        by, w.brought, State.TARGET, at=w.at
    ),
    "customers.set_life_stage": lambda by, w: life_stage.set_life_stage(
        by, w.customer, LifeStage.STABLE, at=w.at
    ),
    "customers.set_tags": lambda by, w: tag.set_tags(by, w.customer, ["重点"], at=w.at),
    "customers.set_traits": lambda by, w: traits.set_traits(
        by, [b"%d,1\n" % w.customer.pk], columns=["customer_id", "r"], as_of=DAY
    ),
    "customers.ship_codes": lambda by, w: code.ship_codes(by),
    "customers.ship_fields": lambda by, w: ship_fields.ship_fields(by),
    "customers.tag_customers": lambda by, w: tag.tag_customers(
        by, [w.customer], ["重点"], at=w.at
    ),
    "customers.trash_customer": lambda by, w: trash.trash_customer(
        by, w.customer, at=w.at
    ),
    "foundation.begin": lambda by, w: imports.begin(by, w.ready_run, at=w.at),
    "foundation.begin_undo": lambda by, w: imports.begin_undo(by, w.import_run),
    "foundation.choose": lambda by, w: imports.choose(
        by, w.ready_run, imports.Choices()
    ),
    "foundation.close_undo": lambda by, w: import_undo.close_undo(by, w.undoing_run),
    "foundation.finish_import": lambda by, w: import_engine.finish_import(
        by, w.running_run
    ),
    "foundation.discard_import": lambda by, w: imports.discard_import(by, w.ready_run),
    "foundation.discard_untouched": lambda by, w: imports.discard_untouched(
        by, w.ready_run.digest
    ),
    "foundation.keep_map": lambda by, w: imports.keep_map(
        by, w.ready_run, name="我的格式", at=w.at
    ),
    "foundation.new_run": lambda by, w: imports.new_run(
        by, import_kind("customers"), _kept(), habits=imports.Habits(), at=w.at
    ),
    "foundation.start_import": lambda by, w: imports.start_import(
        by, w.ready_run, at=w.at
    ),
    "foundation.stop_import": lambda by, w: imports.stop_import(by, w.running_run),
    "foundation.undo_import": lambda by, w: imports.undo_import(
        by, w.import_run, at=w.at
    ),
    "foundation.upload_import": lambda by, w: imports.upload_import(
        by, import_kind("customers"), _kept(), habits=imports.Habits(), at=w.at
    ),
    "foundation.choose_view": lambda by, w: saved.choose_view(
        by, w.view, is_pinned=True, is_default=False
    ),
    "foundation.delete_view": lambda by, w: saved.delete_view(by, w.view),
    "foundation.read_notices": lambda by, w: notices.read_notices(
        by, latest=LARGEST_ID, at=w.at
    ),
    "foundation.save_view": lambda by, w: saved.save_view(
        by, CUSTOMERS, name="新视图", query="?sort=name", is_shared=False, at=w.at
    ),
    "identity.change_user": lambda by, w: user.change_user(
        by, w.mate, username="mate", name="改名", email="", team=w.team, at=w.at
    ),
    "identity.choose_password": lambda by, w: user.choose_password(
        by, password=SECRET, at=w.at
    ),
    "identity.review_days": lambda by, w: access_day.review_days(
        by, [w.access_day], remark="已核对", at=w.at
    ),
    "identity.count_days": lambda by, w: access_day.count_days(by, at=w.at),
    "identity.create_duty": lambda by, w: duty.create_duty(
        by, DutyKind.TRAINING, DUTY, text="培训", effective_on=DAY, at=w.at
    ),
    "identity.save_duty": lambda by, w: duty.save_duty(by, w.duty, DUTY, at=w.at),
    "identity.publish_version": lambda by, w: duty.publish_version(
        by, w.duty, text="新的内容", effective_on=DAY, at=w.at
    ),
    "identity.record_fulfilments": lambda by, w: duty.record_fulfilments(
        by, w.duty, [w.mate], duty.Evidence(done_on=DAY), at=w.at
    ),
    "identity.confirm_document": lambda by, w: duty.confirm_document(
        by, w.duty.pk, at=w.at
    ),
    "identity.withdraw_fulfilment": lambda by, w: duty.withdraw_fulfilment(
        by, w.mate, w.fulfilment.pk, at=w.at
    ),
    "identity.remind_lacking": lambda by, w: duty.remind_lacking(by, w.duty, at=w.at),
    "identity.create_role": lambda by, w: role.create_role(by, RIGHTS, at=w.at),
    "identity.create_team": lambda by, w: team.create_team(by, name="新队", at=w.at),
    "identity.create_token": lambda by, w: token.create_token(
        by,
        w.owner,
        name="新令牌",
        scopes=["customer.read"],
        expires_at=w.at + timedelta(days=1),
        at=w.at,
    ),
    "identity.create_user": lambda by, w: user.create_user(
        by,
        username="newcomer",
        name="新人",
        password=SECRET,
        team=getattr(by, "team", None),
        at=w.at,
    ),
    "identity.admit": lambda by, w: provider.admit(
        by,
        Claims("s-1", "from.outside", "来客", "", frozenset()),
        provider="sso",
        creates=True,
        at=w.at,
    ),
    "identity.map_group": lambda by, w: provider.map_group(
        by, w.role, group="desk", at=w.at
    ),
    "identity.unlink_provider": lambda by, w: provider.unlink_provider(
        by, w.mate, at=w.at
    ),
    "identity.unmap_group": lambda by, w: provider.unmap_group(by, w.mapping, at=w.at),
    "identity.deactivate_user": lambda by, w: user.deactivate_user(by, w.mate, at=w.at),
    "identity.delete_role": lambda by, w: role.delete_role(by, w.role, at=w.at),
    "identity.delete_team": lambda by, w: team.delete_team(by, w.empty_team, at=w.at),
    "identity.grant_roles": lambda by, w: role.grant_roles(
        by, w.mate, [w.role], at=w.at
    ),
    "identity.move_team": lambda by, w: team.move_team(
        by, w.empty_team, parent=w.team, at=w.at
    ),
    "identity.note_refused_sign_in": lambda by, w: session.note_refused_sign_in(
        by, login="x", ip="127.0.0.1", at=w.at
    ),
    "identity.note_secured_sign_in": lambda by, w: session.note_secured_sign_in(
        by, change="totp_activated", at=w.at
    ),
    "identity.note_sign_in": lambda by, w: session.note_sign_in(
        by, ip="127.0.0.1", at=w.at
    ),
    "identity.reactivate_user": lambda by, w: user.reactivate_user(
        by, w.locked, at=w.at
    ),
    "identity.rename_team": lambda by, w: team.rename_team(
        by, w.empty_team, name="改队", at=w.at
    ),
    "identity.reset_password": lambda by, w: user.reset_password(
        by, w.mate, password=SECRET, at=w.at
    ),
    "identity.reset_two_factor": lambda by, w: user.reset_two_factor(
        by, w.mate, at=w.at
    ),
    "identity.revoke_other_sessions": lambda by, w: session.revoke_other_sessions(
        by, keep="", at=w.at
    ),
    "identity.revoke_session": lambda by, w: session.revoke_session(
        by, session_id=w.session_of("owner"), at=w.at
    ),
    "identity.revoke_token": lambda by, w: token.revoke_token(by, w.token, at=w.at),
    "identity.save_role": lambda by, w: role.save_role(by, w.role, RIGHTS, at=w.at),
    "identity.set_preferences": lambda by, w: preferences.set_preferences(
        by, Preferences(theme="dark")
    ),
    "identity.ship_roles": lambda by, w: role.ship_roles(by),
    "identity.sign_out_user": lambda by, w: session.sign_out_user(
        by, w.colleague, at=w.at
    ),
    "sales.approve_instalments": lambda by, w: sales_credit.approve_instalments(
        by, w.customer, amount=Decimal(900), count=3, at=w.at
    ),
    "sales.cancel_order": lambda by, w: order.cancel_order(
        by, w.order, reason="不要了", at=w.at
    ),
    "sales.change_order": lambda by, w: order.change_order(
        by,
        w.order,
        lines=LINES,
        terms=Terms(),
        version=w.order.version,
        at=w.at,
    ),
    "sales.change_product": lambda by, w: product.change_product(
        by, w.product, version=w.product.version, unit="把", at=w.at
    ),
    "sales.complete_order": lambda by, w: step.complete_order(by, w.shipped, at=w.at),
    "sales.create_product": lambda by, w: product.create_product(
        by, code="N-1", name="新品", at=w.at
    ),
    "sales.create_orders": lambda by, w: order_files.create_orders(
        by, [_file_order(w)], run_id=w.import_run.pk, at=w.at, known_buyers=[]
    ),
    "sales.create_products": lambda by, w: product_files.create_products(
        by, [PRODUCT_ROW], run_id=w.import_run.pk, at=w.at
    ),
    "sales.extend_orders": lambda by, w: order_update.extend_orders(
        by, [(w.brought_order.pk, _file_order(w))], run_id=w.import_run.pk
    ),
    "sales.create_opportunities": lambda by, w: deal_files.create_opportunities(
        by, [_file_deal(w)], run_id=w.import_run.pk, at=w.at
    ),
    "sales.update_opportunities": lambda by, w: deal_files.update_opportunities(
        by, [(w.opportunity.pk, _file_deal(w))], run_id=w.import_run.pk, at=w.at
    ),
    "sales.remove_opportunities": lambda by, w: deal_files.remove_opportunities(
        by, w.import_run.pk, 0, 10, w.at
    ),
    "sales.restore_opportunities": lambda by, w: deal_files.restore_opportunities(
        by, w.import_run.pk, 0, 10, w.at
    ),
    "sales.remove_orders": lambda by, w: order_undo.remove_orders(
        by, w.import_run.pk, 0, 10, w.at
    ),
    "sales.remove_products": lambda by, w: product_files.remove_products(
        by, w.import_run.pk, 0, 10, w.at
    ),
    "sales.restore_orders": lambda by, w: order_undo.restore_orders(
        by, w.import_run.pk, 0, 10, w.at
    ),
    "sales.restore_products": lambda by, w: product_files.restore_products(
        by, w.import_run.pk, 0, 10, w.at
    ),
    "sales.update_orders": lambda by, w: order_update.update_orders(
        by, [(w.order.pk, _file_order(w))], run_id=w.import_run.pk, at=w.at
    ),
    "sales.update_products": lambda by, w: product_files.update_products(
        by, [(w.product.pk, PRODUCT_ROW)], run_id=w.import_run.pk, at=w.at
    ),
    "sales.draft_order": lambda by, w: order.draft_order(
        by, w.customer, lines=LINES, at=w.at
    ),
    "sales.follow_owner": lambda by, w: order_owner.follow_owner(by, [w.friend]),
    "sales.place_order": lambda by, w: order.place_order(
        by, w.customer, lines=LINES, at=w.at
    ),
    "sales.receive_payment": lambda by, w: payment.receive_payment(
        by, w.order, amount=Decimal(10), at=w.at
    ),
    "sales.refund_order": lambda by, w: payment.refund_order(
        by, w.paid, amount=Decimal(10), reason="退货", at=w.at
    ),
    "sales.release_order": lambda by, w: step.release_order(by, w.order, at=w.at),
    "sales.reschedule_order": lambda by, w: order.reschedule_order(
        by, w.order, due_on=DAY, ship_on=None, version=w.order.version, at=w.at
    ),
    "sales.restore_order": lambda by, w: order.restore_order(by, w.gone_order, at=w.at),
    "sales.restore_product": lambda by, w: product.restore_product(
        by, w.gone_product, at=w.at
    ),
    "sales.ship_order": lambda by, w: step.ship_order(by, w.order, at=w.at),
    "sales.submit_order": lambda by, w: order.submit_order(by, w.draft, at=w.at),
    "sales.take_back_payment": lambda by, w: payment.take_back_payment(
        by, w.paid, payment_id=w.payment.pk, at=w.at
    ),
    "sales.take_back_step": lambda by, w: step.take_back_step(by, w.released, at=w.at),
    "sales.trash_order": lambda by, w: order.trash_order(by, w.order, at=w.at),
    "sales.create_opportunity": lambda by, w: opportunity.create_opportunity(
        by, stage=w.stage, name="新店装修", at=w.at
    ),
    "sales.change_opportunity": lambda by, w: opportunity.change_opportunity(
        by, w.opportunity, name="新店", version=w.opportunity.version, at=w.at
    ),
    "sales.move_opportunity": lambda by, w: opportunity.move_opportunity(
        by, w.opportunity, stage_id=_later_stage(w), at=w.at
    ),
    "sales.win_opportunity": lambda by, w: opportunity.win_opportunity(
        by, w.opportunity, amount=None, closed_on=w.at.date(), at=w.at
    ),
    "sales.lose_opportunity": lambda by, w: opportunity.lose_opportunity(
        by,
        w.opportunity,
        reason=LostReason.PRICE,
        closed_on=w.at.date(),
        at=w.at,
    ),
    "sales.reopen_opportunity": lambda by, w: opportunity.reopen_opportunity(
        by, w.lost_opportunity, at=w.at
    ),
    "sales.assign_opportunity": lambda by, w: opportunity.assign_opportunity(
        by, w.opportunity, w.mate, at=w.at
    ),
    "sales.trash_opportunity": lambda by, w: opportunity.trash_opportunity(
        by, w.opportunity, at=w.at
    ),
    "sales.restore_opportunity": lambda by, w: opportunity.restore_opportunity(
        by, w.gone_opportunity, at=w.at
    ),
    "sales.raise_objection": lambda by, w: objection.raise_objection(
        by, w.opportunity, kind=ObjectionKind.NEED, said="不需要", at=w.at
    ),
    "sales.change_objection": lambda by, w: objection.change_objection(
        by, w.opportunity, objection_id=w.objection.pk, feeling="预算紧", at=w.at
    ),
    "sales.remove_objection": lambda by, w: objection.remove_objection(
        by, w.opportunity, objection_id=w.objection.pk, at=w.at
    ),
    "sales.restore_objection": lambda by, w: objection.restore_objection(
        by, w.opportunity, objection_id=w.gone_objection.pk, at=w.at
    ),
    "sales.create_lead": lambda by, w: lead.create_lead(
        by, name="王芳", is_mine=True, at=w.at
    ),
    "sales.change_lead": lambda by, w: lead.change_lead(
        by, w.lead, city="杭州", version=w.lead.version, at=w.at
    ),
    "sales.contact_lead": lambda by, w: lead.contact_lead(
        by, w.lead, mode=ContactMode.PHONE, note="有意向", at=w.at
    ),
    "sales.claim_lead": lambda by, w: lead.claim_lead(by, w.pooled_lead.pk, at=w.at),
    "sales.release_lead": lambda by, w: lead.release_lead(by, w.lead, at=w.at),
    "sales.assign_lead": lambda by, w: lead.assign_lead(by, w.lead, w.mate, at=w.at),
    "sales.discard_lead": lambda by, w: lead.discard_lead(
        by, w.lead, reason=DiscardReason.NEED, at=w.at
    ),
    "sales.reopen_lead": lambda by, w: lead.reopen_lead(by, w.lost_lead, at=w.at),
    "sales.trash_lead": lambda by, w: lead.trash_lead(by, w.lead, at=w.at),
    "sales.restore_lead": lambda by, w: lead.restore_lead(by, w.gone_lead, at=w.at),
    "sales.convert_lead": lambda by, w: lead_conversion.convert_lead(
        by, w.lead, at=w.at
    ),
    "sales.distribute_leads": lambda by, w: lead_rule.distribute_leads(by, at=w.at),
    "sales.release_overdue": lambda by, w: lead_rule.release_overdue(by, at=w.at),
    "sales.set_lead_terms": lambda by, w: lead_rule.set_lead_terms(
        by, protect_days=7, most_held=50, most_claims=20, at=w.at
    ),
    "sales.save_lead_rule": lambda by, w: lead_rule.save_lead_rule(
        by,
        rule_id=w.lead_rule.pk,
        terms=lead_rule.RuleTerms("规则", [w.mate.pk]),
        at=w.at,
    ),
    "sales.move_lead_rule": lambda by, w: lead_rule.move_lead_rule(
        by, w.lead_rule.pk, is_up=True, at=w.at
    ),
    "sales.remove_lead_rule": lambda by, w: lead_rule.remove_lead_rule(
        by, w.lead_rule.pk, at=w.at
    ),
    "sales.ship_stages": lambda by, _w: pipeline.ship_stages(by),
    "sales.save_stage": lambda by, w: pipeline.save_stage(
        by,
        w.pipeline,
        stage_id=w.stage.pk,
        terms=pipeline.StageTerms("试用", 40),
        at=w.at,
    ),
    "sales.move_stage": lambda by, w: pipeline.move_stage(
        by, w.pipeline, stage_id=w.stage.pk, is_up=False, at=w.at
    ),
    "sales.remove_stage": lambda by, w: pipeline.remove_stage(
        by, w.pipeline, stage_id=w.stage.pk, into_id=_later_stage(w), at=w.at
    ),
    "sales.save_commission_plan": lambda by, w: commission.save_commission_plan(
        by,
        w.commission_plan,
        terms=commission.PlanTerms(
            "另一方案",
            Basis.RECEIVED,
            TierBy.AMOUNT,
            is_stepped=True,
            tiers=[RateTier(Decimal(0), Decimal(1))],
            starts_on=w.at.date(),
        ),
        version=1,
        at=w.at,
    ),
    "sales.draw_commissions": lambda by, w: commission.draw_commissions(
        by, month=date(2026, 2, 1), at=w.at
    ),
    "sales.adjust_commission": lambda by, w: commission.adjust_commission(
        by, w.statement, amount=Decimal(5), reason="补", at=w.at
    ),
    "sales.approve_commission": lambda by, w: commission.approve_commission(
        by, w.statement, at=w.at
    ),
    "sales.reopen_commission": lambda by, w: commission.reopen_commission(
        by, w.approved_statement, at=w.at
    ),
    "sales.pay_commission": lambda by, w: commission.pay_commission(
        by, w.approved_statement, at=w.at
    ),
    "sales.share_commission": lambda by, w: commission.share_commission(
        by, w.order, shares={w.mate: Decimal(10)}, at=w.at
    ),
    "sales.set_targets": lambda by, w: sales_target.set_targets(
        by,
        Target(user_id=w.owner.pk, team_id=w.team.pk),
        measure=Measure.REVENUE,
        year=2026,
        months=[None] * 11 + [Decimal(1)],
        seen=None,
        at=w.at,
    ),
    "sales.trash_product": lambda by, w: product.trash_product(by, w.product, at=w.at),
}
