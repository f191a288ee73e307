"""A small house for the door test: everything in it belongs to the owner."""

from copy import copy, deepcopy
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from allauth.account.internal.flows.login import record_authentication
from allauth.socialaccount.models import SocialAccount
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.db.models import Model
from django.http import HttpRequest
from django.test import Client

from guanxi.actions.commands.action_message import dismiss_message
from guanxi.actions.rules import Detector, DismissReason, Kind
from guanxi.actions.tests.factories import make_knowledge, make_message, make_task
from guanxi.analytics.models import AnalysisRun
from guanxi.analytics.tests.factories import (
    make_board,
    make_delivery,
    make_discussion,
    make_key_proposal,
    make_next_product,
    make_rule,
)
from guanxi.customers.commands.bond import (
    add_delivered_value,
    add_switching_cost,
    assess_bond,
    trash_bond,
    trash_delivered_value,
    trash_switching_cost,
)
from guanxi.customers.commands.code import ship_codes
from guanxi.customers.commands.consent import Statement, record_consent
from guanxi.customers.commands.contact import (
    Preference,
    block_contact,
    set_contact_preference,
)
from guanxi.customers.commands.credit import (
    FactorScore,
    ReportFacts,
    add_credit_report,
    assess_credit,
    set_credit_limit,
)
from guanxi.customers.commands.data_set import add_data_set
from guanxi.customers.commands.field import add_field, add_group
from guanxi.customers.commands.finding import add_finding, trash_finding
from guanxi.customers.commands.investment import (
    record_investment,
    trash_investment,
)
from guanxi.customers.commands.limit import limit_processing
from guanxi.customers.commands.merge import merge_customers
from guanxi.customers.commands.note import add_note, trash_note
from guanxi.customers.commands.plan import add_plan_line, start_plan
from guanxi.customers.commands.relation import add_relation
from guanxi.customers.commands.segment import (
    SegmentFacts,
    create_segment,
    delete_segment,
)
from guanxi.customers.commands.segment_member import add_members
from guanxi.customers.commands.share import share_customer
from guanxi.customers.commands.territory import TerritoryPlan, save_territory
from guanxi.customers.commands.trash import trash_customer
from guanxi.customers.commands.wall import set_wall
from guanxi.customers.models import (
    Code,
    ContactPoint,
    Erasure,
    Handover,
    Peer,
    RetentionRun,
    SubjectExport,
    Territory,
    Tip,
)
from guanxi.customers.rules import PURPOSE_SCHEME, RelationKind
from guanxi.customers.rules.bond import (
    COSTS,
    SCORES,
    VALUES,
    AssessmentMethod,
    SwitchingItem,
)
from guanxi.customers.rules.consent import ContactChannel
from guanxi.customers.rules.credit import FACTORS, Origin, Standard
from guanxi.customers.rules.field import FieldKind, Names
from guanxi.customers.rules.finding import FindingKind, FindingSource
from guanxi.customers.rules.investment import Aim, ContactMode
from guanxi.customers.rules.limit import LimitKind
from guanxi.customers.rules.plan import PlanKind
from guanxi.customers.rules.segment import Membership
from guanxi.customers.tables import CUSTOMERS
from guanxi.customers.tests.factories import make_customer, make_pair
from guanxi.foundation.actor import Depth, Grants, System
from guanxi.foundation.days.commands import remove_special_day, set_special_days
from guanxi.foundation.files.commands import FileFacts, add_file, trash_file
from guanxi.foundation.files.places import place_of
from guanxi.foundation.files.queries import Attached
from guanxi.foundation.files.store import keep
from guanxi.foundation.models import ImportRun, StoredFile
from guanxi.foundation.policies import all_policies
from guanxi.foundation.tables.saved import save_view
from guanxi.foundation.tables.where import parse
from guanxi.identity.commands.duty import (
    DutyFacts,
    Evidence,
    create_duty,
    record_fulfilments,
)
from guanxi.identity.commands.token import create_token
from guanxi.identity.models import AccessDay, RoleOfGroup, Team, User
from guanxi.identity.models.rights import forget_rights
from guanxi.identity.rules.duty import DutyKind, Gate
from guanxi.identity.tests.factories import PASSWORD, make_role, make_team, make_user
from guanxi.sales.commands.lead import assign_lead, discard_lead, trash_lead
from guanxi.sales.commands.lead_rule import RuleTerms, save_lead_rule
from guanxi.sales.commands.objection import raise_objection, remove_objection
from guanxi.sales.commands.opportunity import lose_opportunity, trash_opportunity
from guanxi.sales.commands.order import trash_order
from guanxi.sales.commands.payment import receive_payment
from guanxi.sales.commands.product import trash_product
from guanxi.sales.commands.step import release_order, ship_order
from guanxi.sales.rules.commission import StatementState
from guanxi.sales.rules.lead import DiscardReason
from guanxi.sales.rules.objection import ObjectionKind
from guanxi.sales.rules.opportunity import LostReason
from guanxi.sales.tests.factories import (
    make_commission_plan,
    make_lead,
    make_opportunity,
    make_order,
    make_product,
    make_statement,
    passed_lead,
)
from tests.callers import token_of

HOUSE = System("tests")
DAY = date(2026, 3, 2)
ACCESS_COUNTS = {"views": 3, "reveals": 1, "exports": 0, "records": 4}
PEOPLE = ("owner", "colleague", "stranger")
# Everybody with a desk reads these; the settings are for those who have the right.
COMMON = ("team", "code", "product", "analysis")


class Nobody:
    """Somebody who has no rights at all: how commands see the anonymous."""

    actor_id = None
    actor_name = "nobody"
    grants = Grants()
    team_id = None
    team_ids: frozenset[int] = frozenset()


class World:
    """
    Who is there, and what belongs to the owner.

    The owner may do everything on what is the team's. The colleague, of the same team,
    reads it. The stranger, of another team, may do everything with what is theirs.
    """

    def __init__(self) -> None:
        forget_rights()
        ship_codes(HOUSE)
        self.at = datetime.now(UTC)
        self.knocking = "owner"
        self._make_people()
        self._make_arrangement()
        self._make_belongings()
        self.nobody = Nobody()
        self.tokens = {name: token_of(self.person(name)) for name in PEOPLE}
        self.cookies = {name: self.sign_in(self.person(name)) for name in PEOPLE}

    def _make_belongings(self) -> None:
        self._make_customers()
        self._make_orders()
        self._make_work()
        self._make_settings()

    def copy(self) -> "World":
        """Return the same world in records of its own: commands change those they get."""
        other = copy(self)
        for name, value in vars(self).items():
            if isinstance(value, Model):
                setattr(other, name, deepcopy(value))
        return other

    @property
    def visitor(self) -> User:
        """Who knocks now."""
        found: User = self.person(self.knocking)
        return found

    def person(self, name: str) -> Any:
        """Return owner, colleague, stranger or nobody."""
        return getattr(self, name)

    def session_of(self, name: str) -> int:
        """Return the number of a session in a person's list."""
        found = UserSession.objects.get(session_key=self.cookies[name])
        return int(found.pk)

    def _make_people(self) -> None:
        every = {p.permission(a) for p in all_policies() for a in p.actions}
        owned = {p.kind for p in all_policies() if p.owner}
        reading = {name for name in every if name.endswith(".read")}
        common = {name for name in reading if _kind(name) in COMMON}
        theirs = {name for name in every if _kind(name) in owned}
        self.team: Team = make_team("华东")
        other = make_team("华南")
        self.owner_role = make_role(dict.fromkeys(every, Depth.TEAM), name="全部")
        seen = dict.fromkeys((reading & theirs) | common, Depth.TEAM)
        own = dict.fromkeys(theirs | common, Depth.TEAM)
        self.owner = make_person("物主", self.owner_role, self.team)
        self.colleague = make_person("同事", make_role(seen), self.team)
        self.stranger = make_person("生人", make_role(own), other)
        self.mate = make_user("队友", team=self.team)
        self.locked = make_user("离职", team=self.team, is_active=False)

    def _make_arrangement(self) -> None:
        """Make what is the house's and nobody's own: codes, fields, products, roles."""
        self.code = Code.objects.order_by("pk")[0]
        self.purpose = Code.objects.get(scheme=PURPOSE_SCHEME, key="marketing")
        names = Names("爱好", "Hobby")
        self.group = add_group(HOUSE, names, form="", at=self.at)
        self.field = add_field(
            HOUSE, self.group, FieldKind.TEXT, at=self.at, names=names
        )
        names = Names("会员", "Member")
        self.yes_field = add_field(
            HOUSE, self.group, FieldKind.BOOLEAN, at=self.at, names=names
        )
        self.product = make_product("椅子", code="C-1")
        self.rule = make_rule(self.product, make_product("凳子", code="C-2"))
        self.gone_product = trash_product(HOUSE, make_product("旧椅"), at=self.at)
        self.role = make_role(name="空")
        SocialAccount.objects.create(user=self.mate, provider="sso", uid="mate")
        self.mapping = RoleOfGroup.objects.create(group="front", role=self.role)
        facts_of_duty = DutyFacts(title="保密制度", gate=Gate.NONE)
        self.duty = create_duty(
            HOUSE,
            DutyKind.DOCUMENT,
            facts_of_duty,
            text="不外传客户信息。",
            effective_on=DAY,
            at=self.at,
        )
        (self.fulfilment,) = record_fulfilments(
            HOUSE, self.duty, [self.mate], Evidence(done_on=DAY), at=self.at
        )
        self.empty_team = make_team("空队")
        self.run = AnalysisRun.objects.create(
            as_of=DAY, state=AnalysisRun.State.FAILED, requested_at=self.at
        )

    def _make_customers(self) -> None:
        facts: Any = {"owner": self.owner, "team": self.team}
        self.customer = make_customer(
            "王芳",
            phone="13800138000",
            email="fang@example.cn",
            id_number="11010519491231002X",
            **facts,
        )
        self.friend = make_customer("李强", **facts)
        self.gone = make_customer("旧客户", **facts)
        trash_customer(HOUSE, self.gone, at=self.at)
        kind = RelationKind.FAMILY
        self.relation = add_relation(
            HOUSE, self.customer, target=self.friend, kind=kind, at=self.at
        )
        self.double = make_customer("王芳", phone="13800138000", **facts)
        self.pair = make_pair(self.customer, self.double)
        self.proposal = make_key_proposal(self.customer)
        self.declined = make_key_proposal(self.double, state="declined")
        self.next_product = make_next_product(self.customer, self.rule)
        self.board = make_board(self.owner)
        self.delivery = make_delivery(self.owner, str(self.board.pk))
        self.talk = make_discussion(self.owner, self.mate)
        self.merged = make_customer("王方", **facts)
        self.merge = merge_customers(
            HOUSE, self.friend, self.merged, choices={}, at=self.at
        )
        self.friend.refresh_from_db()
        self.merged.refresh_from_db()
        self.report = add_credit_report(
            HOUSE,
            self.customer,
            ReportFacts(Origin.OWN, DAY, DAY, "经营正常"),
            at=self.at,
        )
        scores = {f: FactorScore(80, "走访") for f in FACTORS[Standard.FIVE_C]}
        assess_credit(
            HOUSE, self.customer, Standard.FIVE_C, scores=scores, on=DAY, at=self.at
        )
        set_credit_limit(
            HOUSE, self.customer, Decimal(100_000), reason="老客户", at=self.at
        )
        self._make_consents()
        self._make_files()
        self._make_territory()
        self.share = share_customer(
            HOUSE, self.customer, to=self.mate, reason="代班", at=self.at
        )
        self.wall = set_wall(
            HOUSE, self.customer, to=self.mate, reason="利益冲突", at=self.at
        )
        self._make_plan()
        self._make_investments()
        self._make_findings()
        self._make_bonds()
        self._make_peer()
        self._make_notes()
        self._make_erasure()
        self._make_copy()
        self._make_retention()
        self.point = ContactPoint.objects.filter(customer=self.customer)[0]

    def _make_territory(self) -> None:
        plan = TerritoryPlan(name="东区")
        self.territory = save_territory(HOUSE, Territory(), plan=plan, at=self.at)

    def _make_notes(self) -> None:
        self.note = add_note(self.owner, self.customer, "下周回访", at=self.at)
        self.gone_note = add_note(self.owner, self.customer, "旧事", at=self.at)
        trash_note(self.owner, self.customer, self.gone_note.pk, at=self.at)

    def _make_files(self) -> None:
        at, place = self.at, place_of("customer")
        facts = FileFacts(name="合同.txt", paper_place="3 号柜")
        kept = keep([b"text"])
        self.file = add_file(HOUSE, place, self.customer, facts, kept, at=at)
        rows = StoredFile.objects.filter(pk=self.file.pk)
        rows.update(state=StoredFile.State.CLEAN, has_picture=True)
        self.gone_file = add_file(
            HOUSE,
            place,
            self.customer,
            FileFacts(name="旧", paper_place="2 号柜"),
            at=at,
        )
        trash_file(HOUSE, Attached(self.gone_file, place, self.customer), at=at)

    def _make_consents(self) -> None:
        # Of nothing else: what is tested about messages goes on as if nothing was said.
        said = Statement(
            is_given=True,
            purposes=["profiling"],
            channels=[ContactChannel.EMAIL],
            proof="电话同意",
        )
        record_consent(HOUSE, self.customer, said, at=self.at)
        likes = Preference(channel=ContactChannel.WECHAT)
        set_contact_preference(HOUSE, self.customer, likes, at=self.at)
        self.hold(LimitKind.HOLD)
        self.block = block_contact(
            HOUSE, self.customer, ContactChannel.POST, reason="搬家", at=self.at
        )

    def _make_plan(self) -> None:
        kind, at = PlanKind.ALLIANCE, self.at
        self.plan = start_plan(HOUSE, self.customer, kind, at=at, title="一起做新品")
        pks = (self.plan.pk, "goals")
        self.line = add_plan_line(HOUSE, self.customer, *pks, at=at, text="三个新品")

    def _make_erasure(self) -> None:
        """Leave an erasure to be done, which the owner asked for."""
        left = make_customer("要删除的", owner=self.owner, team=self.team)
        self.erasure = Erasure.objects.create(
            customer=left,
            reason="request",
            identity="document",
            requested_at=self.at,
            requested_by=self.owner,
        )

    def _make_copy(self) -> None:
        """Leave a copy of all data that the owner asked for, ready to be taken."""
        folder = Path(settings.FILES_ROOT) / "subjects"
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "world.zip").write_bytes(b"PK")
        self.subject_copy = SubjectExport.objects.create(
            customer=self.customer,
            identity="document",
            language="zh-hans",
            path="subjects/world.zip",
            requested_at=self.at,
            requested_by=self.owner,
            made_at=self.at,
            expires_at=self.at + timedelta(days=7),
        )

    def _make_retention(self) -> None:
        """Leave a run of a rule that was cut off."""
        self.retention_run = RetentionRun.objects.create(
            category="notes", months=60, before=self.at, started_at=self.at
        )

    def hold(self, kind: LimitKind) -> None:
        """Let something not be done with the record of the customer."""
        limit_processing(HOUSE, self.customer, kind, reason="诉讼", at=self.at)

    def _make_bonds(self) -> None:
        about = (HOUSE, self.customer)
        day = {"assessed_on": date(2025, 3, 1), "at": self.at}
        scored: Any = {**day, **dict.fromkeys(SCORES, Decimal(6))}
        self.bond = assess_bond(*about, AssessmentMethod.ASKED, **scored)
        self.gone_bond = assess_bond(*about, AssessmentMethod.ASKED, **scored)
        trash_bond(*about, self.gone_bond.pk, at=self.at)
        cost: Any = {"amount": Decimal(900), "at": self.at}
        self.switching = add_switching_cost(*about, SwitchingItem.SETUP, **cost)
        self.gone_switching = add_switching_cost(*about, SwitchingItem.SETUP, **cost)
        trash_switching_cost(*about, self.gone_switching.pk, at=self.at)
        parts: Any = {**day, **dict.fromkeys((*VALUES, *COSTS), Decimal(50))}
        self.offer = add_delivered_value(*about, "沙发套餐", **parts)
        self.gone_offer = add_delivered_value(*about, "沙发套餐", **parts)
        trash_delivered_value(*about, self.gone_offer.pk, at=self.at)

    def _make_findings(self) -> None:
        about = (self.customer, FindingKind.BEHAVIOR)
        seen: Any = {
            "source": FindingSource.PERSON,
            "found_at": self.at,
            "provider": "调查员",
            "place": "展厅",
            "text": "在布艺沙发前停留最久",
        }
        self.finding = add_finding(HOUSE, *about, at=self.at, **seen)
        self.gone_finding = add_finding(HOUSE, *about, at=self.at, **seen)
        pks = (self.customer, self.gone_finding.pk)
        trash_finding(HOUSE, *pks, at=self.at)
        self.data_set = add_data_set(HOUSE, "展厅客流", at=self.at)
        self.special_day, self.gone_day = set_special_days(
            HOUSE,
            date(2040, 10, 1),
            date(2040, 10, 2),
            is_working=False,
            name="国庆节",
            at=self.at,
        )
        remove_special_day(HOUSE, self.gone_day.pk, at=self.at)

    def _make_peer(self) -> None:
        facts: Any = {"owner": self.owner, "team": self.team, "created_at": self.at}
        self.peer = Peer.objects.create(name="老周", product="地板", **facts)
        self.tip = Tip.objects.create(
            peer=self.peer,
            customer=self.customer,
            outcome="lost",
            need="要换家具",
            told_on=DAY,
            made_at=self.at,
        )

    def _make_investments(self) -> None:
        self.investment = record_investment(
            HOUSE,
            self.customer,
            at=self.at,
            mode=ContactMode.MEAL,
            place="老正兴菜馆",
            amount=Decimal(480),
            note="谈明年的项目",
        )
        self.gone_investment = record_investment(
            HOUSE, self.customer, at=self.at, aim=Aim.RETENTION, amount=Decimal(99)
        )
        trash_investment(HOUSE, self.gone_investment, at=self.at)

    def _make_orders(self) -> None:
        at, party = self.at, self.customer
        self.order = make_order(party, at=at)
        self.draft = make_order(party, at=at, is_draft=True)
        self.released = release_order(HOUSE, make_order(party, at=at), at=at)
        self.paid = make_order(party, at=at)
        self.payment = _pay(self.paid, at)
        self.shipped = make_order(party, at=at)
        _pay(self.shipped, at)
        ship_order(HOUSE, self.shipped, at=at)
        self.opportunity = make_opportunity(owner=self.mate, customer=party)
        self.lost_opportunity = lose_opportunity(
            HOUSE,
            make_opportunity(owner=self.mate, customer=party),
            reason=LostReason.PRICE,
            closed_on=at.date(),
            at=at,
        )
        self.objection = raise_objection(
            HOUSE,
            self.opportunity,
            kind=ObjectionKind.PRICE,
            said="比别家贵",
            at=at,
        )
        self.gone_objection = raise_objection(
            HOUSE, self.opportunity, kind=ObjectionKind.NEED, said="不需要", at=at
        )
        remove_objection(
            HOUSE, self.opportunity, objection_id=self.gone_objection.pk, at=at
        )
        self.gone_opportunity = trash_opportunity(
            HOUSE, make_opportunity(owner=self.mate), at=at
        )
        self.stage = self.opportunity.stage
        self.pipeline = self.stage.pipeline
        self._make_leads(at)
        self._make_statements()
        self.gone_order = trash_order(HOUSE, make_order(party, at=at), at=at)

    def _make_leads(self, at: datetime) -> None:
        self.pooled_lead = make_lead("公海的人")
        self.lead = assign_lead(HOUSE, passed_lead("陈线索"), self.mate, at=at)
        self.lost_lead = discard_lead(
            HOUSE,
            assign_lead(HOUSE, make_lead(), self.mate, at=at),
            reason=DiscardReason.NEED,
            at=at,
        )
        self.gone_lead = trash_lead(
            HOUSE, assign_lead(HOUSE, make_lead(), self.mate, at=at), at=at
        )
        self.lead_rule = save_lead_rule(
            HOUSE,
            rule_id=None,
            terms=RuleTerms("规则", [self.mate.pk], provinces=["无"]),
            at=at,
        )

    def _make_statements(self) -> None:
        """Make commissions of somebody else: nobody approves his own."""
        self.commission_plan = make_commission_plan()
        self.statement = make_statement(self.mate, self.commission_plan)
        self.approved_statement = make_statement(
            self.mate,
            self.commission_plan,
            month=date(2025, 12, 1),
            state=StatementState.APPROVED,
        )

    def _make_work(self) -> None:
        self.message = make_message(self.customer)
        self.release_message = make_message(
            self.customer,
            detector=Detector.PAID_NOT_RELEASED,
            kind=Kind.RELEASE,
            object_kind="order",
            object_id=self.paid.pk,
            facts={
                "number": self.paid.number,
                "total": "100.00",
                "promised_on": "2026-03-01",
            },
        )
        self.settled = make_message(
            self.customer, detector=Detector.FIRST_NOT_BACK, object_id=self.friend.pk
        )
        reason = DismissReason.KNOWN
        dismiss_message(HOUSE, self.settled, reason=reason, at=self.at)
        self.task = make_task(self.customer)

    def _make_access_day(self) -> None:
        self.access_day = AccessDay.objects.create(
            user=self.mate, day=DAY, **ACCESS_COUNTS
        )

    def _make_settings(self) -> None:
        self._make_access_day()
        self.import_run = self._import("done", cursor=1)
        self.ready_run = self._import("ready", is_checked=True)
        self.undoing_run = self._import("undoing", cursor=1)
        self.running_run = self._import("running", cursor=1)
        facts: Any = {"owner": self.owner, "team": self.team}
        self.brought = make_customer(
            "文件带来的", import_run_id=self.import_run.pk, **facts
        )
        self.brought_order = make_order(self.friend, at=self.at)
        # As if its customer had changed hands a moment ago.
        self.brought_order.owner = self.mate
        self.brought_order.import_run_id = self.import_run.pk
        self.brought_order.save()
        self._make_handovers()
        self._make_segments()
        self.view = save_view(
            self.owner,
            CUSTOMERS,
            name="我的",
            query="?sort=name",
            is_shared=False,
            at=self.at,
        )
        self.token, _text = create_token(
            HOUSE,
            self.owner,
            name="旧令牌",
            scopes=["customer.read"],
            expires_at=self.at + timedelta(days=1),
            at=self.at,
        )

    def _make_handovers(self) -> None:
        facts: Any = {
            "old_owner": self.owner,
            "started_by": self.owner,
            "team": self.team,
            "takers": [self.mate.pk],
            "created_at": self.at,
        }
        self.running_handover = Handover.objects.create(total=1, **facts)
        self.done_handover = Handover.objects.create(state="done", given=1, **facts)
        self.undoing_handover = Handover.objects.create(state="undoing", **facts)

    def _make_segments(self) -> None:
        facts = SegmentFacts(name="王家", definition=parse("name.like.王"))
        by_hand = SegmentFacts(name="手选", membership=Membership.STATIC)
        self.segment = create_segment(self.owner, facts, at=self.at)
        self.known = make_knowledge("缺墨粉", segment=self.segment)
        self.chosen = create_segment(self.owner, by_hand, at=self.at)
        add_members(HOUSE, self.chosen, [self.friend], at=self.at)
        self.gone_segment = create_segment(self.owner, facts, at=self.at)
        delete_segment(HOUSE, self.gone_segment, at=self.at)

    def _import(self, state: str, **facts: Any) -> ImportRun:
        return ImportRun.objects.create(
            kind="customers",
            owner=self.owner,
            name="客户.csv",
            state=state,
            size_bytes=1,
            total=1,
            headings=["名称"],
            columns={"0": "name"},
            format={
                "kind": "csv",
                "columns": 1,
                "delimiter": ",",
                "encoding": "utf-8",
                "date_key": "ymd",
                "decimal": ".",
            },
            preview={
                "looked": 1,
                **dict.fromkeys(("created", "updated", "skipped", "refused"), 0),
            },
            created_at=self.at,
            **facts,
        )

    def sign_in(self, person: User) -> str:
        """Return the session key of ``person``, whose session list knows it."""
        client = Client()
        client.force_login(person)
        request = HttpRequest()
        request.session = session = client.session
        # As after a real sign-in, else every secure page would ask for the password.
        record_authentication(request, person, "password", reauthenticated=True)
        session.save()
        key = str(session.session_key)
        UserSession.objects.get_or_create(
            session_key=key, defaults={"user": person, "ip": "127.0.0.1"}
        )
        return key


def _kind(permission: str) -> str:
    return permission.partition(".")[0]


def make_person(name: str, role: Any, team: Any) -> User:
    return make_user(name, roles=[role], team=team, password=PASSWORD)


def _pay(order: Any, at: datetime) -> Any:
    paid = receive_payment(HOUSE, order, amount=Decimal(100), at=at)
    order.refresh_from_db()
    return paid
