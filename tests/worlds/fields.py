"""
Other values in the fields that somebody does not read in clear, on the records he sees.

Every field of every policy is named here: as one that always is in sight, as one that
stays and why, or with what is changed. A new field fails the test until it is.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import F, Model, QuerySet

from guanxi.actions.models import ActionMessage
from guanxi.analytics.models import KeyProposal, NextProduct
from guanxi.customers.models import (
    Address,
    BondAssessment,
    Code,
    ConsentEntry,
    ContactBlock,
    ContactPoint,
    ContactPreference,
    CreditAssessment,
    CreditLimit,
    CreditReport,
    Customer,
    DeliveredValue,
    Finding,
    Investment,
    Note,
    Peer,
    Plan,
    ProcessingLimit,
    Segment,
    SwitchingCost,
    Tag,
    Traits,
)
from guanxi.foundation.actor import Actor, Level
from guanxi.foundation.models import Access, LoggedEvent, StoredFile
from guanxi.foundation.policies import Policy, Privacy, all_policies, policy_of
from guanxi.identity.models import AccessDay, User
from guanxi.sales.models import (
    CommissionStatement,
    Lead,
    Objection,
    Opportunity,
    Order,
    OrderLine,
    Payment,
    Product,
    Refund,
)
from tests.worlds.scene import Asker
from tests.worlds.scrambling import Mask, alike, scrambled


@dataclass(frozen=True)
class Change:
    """What is to be another: a field of a policy, and how openly it is shown."""

    actor: Actor
    policy: Policy
    name: str

    @property
    def rows(self) -> "QuerySet[Any]":
        """The records in sight."""
        model = MODELS[self.policy.kind]
        return model._base_manager.filter(self.policy.visible(self.actor))

    @property
    def mask(self) -> Mask | None:
        """What covers the value, or nothing where not a sign of it is seen."""
        is_masked = self.policy.level(self.actor, self.name) is Level.MASKED
        return self.policy.fields[self.name].mask if is_masked else None

    def other(self, value: Any) -> Any:
        """Return another value, which looks the same if it is shown covered."""
        if self.mask is None or not value:
            # Whether there is a value is seen of one that is shown covered.
            return value if self.mask else scrambled(value)
        if isinstance(value, date):
            return value.replace(month=value.month % 12 + 1, day=value.day % 27 + 1)
        return alike(value, self.mask)

    def write(self, rows: "QuerySet[Any]", *columns: str) -> None:
        """Give the columns of ``rows`` other values."""
        for row in rows:
            found = {name: self.other(getattr(row, name)) for name in columns}
            rows.model._base_manager.filter(pk=row.pk).update(**found)


Changer = Callable[[Change], None]


def change_fields(asker: Asker) -> None:
    """Change every field that ``asker`` does not read in clear."""
    for policy in all_policies():
        readable = policy.readable(asker.actor)
        for name in policy.fields:
            if name not in readable and (changer := changer_of(policy, name)):
                change = Change(asker.actor, policy, name)
                changer(change)
                _change_log(change)


def changer_of(policy: Policy, name: str) -> Changer | None:
    """
    Return what changes a field.

    :raises KeyError: for a field that is not named here.
    """
    if name in policy.always or f"{policy.kind}.{name}" in STAYS:
        return None
    if policy.kind == "customer" and name.startswith("x_"):
        return _extra
    return CHANGERS[f"{policy.kind}.{name}"]


def _columns(*names: str) -> Changer:
    return lambda change: change.write(change.rows, *names)


def _of_rows(model: type[Model], column: str, *names: str) -> Changer:
    """Return what changes columns of rows that hang on the records."""

    def changer(change: Change) -> None:
        rows = model._base_manager.filter(**{f"{column}__in": change.rows})
        change.write(rows, *names)

    return changer


def _both(*changers: Changer) -> Changer:
    def changer(change: Change) -> None:
        for one in changers:
            one(change)

    return changer


def _reach(kind: str) -> Changer:
    """Return what changes a way to reach somebody, where it stands and is searched."""

    def changer(change: Change) -> None:
        change.write(change.rows.exclude(**{kind: ""}), kind)
        points = ContactPoint.objects.filter(kind=kind, customer__in=change.rows)
        change.write(points, "value", "shown")
        for row in change.rows:
            found = scrambled(row.search_contact)
            Customer.objects.filter(pk=row.pk).update(search_contact=found)

    return changer


def _sealed(change: Change) -> None:
    for row in change.rows:
        setattr(row, change.name, change.other(getattr(row, change.name)))
        row.save(update_fields=[change.name, f"{change.name}_index"])


def _extra(change: Change) -> None:
    # That there is a value is seen of one that is shown covered.
    rows = (
        change.rows.filter(extra__has_key=change.name) if change.mask else change.rows
    )
    for row in rows:
        value = row.extra.get(change.name)
        other = not value if isinstance(value, bool) else "别的值"
        extra = {**row.extra, change.name: other}
        Customer.objects.filter(pk=row.pk).update(extra=extra)


def _tags(change: Change) -> None:
    other = Tag.objects.order_by("pk").last()
    for row in change.rows:
        row.tags.set([other])


def _other_code(change: Change) -> None:
    code = Code.objects.filter(scheme=change.name).order_by("pk").last()
    change.rows.update(**{change.name: code})


def _owner(change: Change) -> None:
    """Give records to another of the same team, or to nobody: who sees them stays the same."""
    for number, row in enumerate(change.rows):
        others = User.objects.filter(team=row.team_id).exclude(pk=row.owner_id)
        other = others.order_by("pk").last() if number % 2 else None
        Customer.objects.filter(pk=row.pk).update(owner=other)


def _instants(column: str) -> Changer:
    """Return what moves instants by some days: the order of the rows changes too."""

    def changer(change: Change) -> None:
        for days, row in enumerate(change.rows.order_by("-pk"), 1):
            moved = getattr(row, column) - timedelta(days=days)
            type(row)._base_manager.filter(pk=row.pk).update(**{column: moved})

    return changer


def _choice(*values: str) -> Changer:
    """Return what changes a word to the one of two that it is not."""

    def changer(change: Change) -> None:
        first, second = values
        for row in change.rows:
            value = second if getattr(row, change.name) == first else first
            type(row)._base_manager.filter(pk=row.pk).update(**{change.name: value})

    return changer


def _trait(*values: str) -> Changer:
    def changer(change: Change) -> None:
        rows = Traits.objects.filter(customer__in=change.rows)
        if values:
            rows.update(**{change.name: values[0]})
        else:
            change.write(rows, change.name)

    return changer


def _consent(change: Change) -> None:
    entries = ConsentEntry.objects.filter(customer__in=change.rows)
    entries.update(is_given=~F("is_given"))
    ContactBlock.objects.filter(customer__in=change.rows).delete()
    ContactPreference.objects.filter(customer__in=change.rows).delete()
    ProcessingLimit.objects.filter(customer__in=change.rows).delete()


def _gone(model: type[Model]) -> Changer:
    """Return what takes half of the rows away that hang on the records."""

    def changer(change: Change) -> None:
        rows = model._base_manager.filter(customer__in=change.rows)
        rows.filter(pk__in=list(rows.values_list("pk", flat=True))[::2]).delete()

    return changer


def _files(change: Change) -> None:
    rows = StoredFile.objects.filter(kind="customer", record_id__in=change.rows)
    is_sensitive = change.name == "sensitive_files"
    change.write(rows.filter(is_sensitive=is_sensitive), "name", "note", "paper_place")


def _change_log(change: Change) -> None:
    """
    Change what the log says of the field.

    What is shown covered was logged covered, unless it tells about nobody.
    """
    rule = change.policy.fields[change.name]
    if change.mask and rule.privacy is not Privacy.NONE:
        return
    rows = LoggedEvent.objects.filter(kind=change.policy.kind)
    for row in rows.filter(changes__has_key=change.name):
        told = [change.other(value) for value in row.changes[change.name]]
        LoggedEvent.objects.filter(pk=row.pk).update(
            changes={**row.changes, change.name: told}
        )


def _acts(change: Change) -> None:
    """Change what people in sight are said to have looked at for."""
    if "reason" not in policy_of("audit").readable(change.actor):
        rows = Access.objects.filter(actor__in=change.rows.values("user"))
        change.write(rows, "reason")


MODELS: Mapping[str, type[Model]] = {
    "customer": Customer,
    "order": Order,
    "lead": Lead,
    "opportunity": Opportunity,
    "commission": CommissionStatement,
    "product": Product,
    "key_proposal": KeyProposal,
    "next_product": NextProduct,
    "action_message": ActionMessage,
    "investment": Investment,
    "peer": Peer,
    "segment": Segment,
    "user": User,
    "audit": Access,
    "access_day": AccessDay,
}
_NAME = _columns("name", "sort_name", "match_name", "search")
CHANGERS: Mapping[str, Changer] = {
    "customer.name": _NAME,
    "customer.phone": _reach("phone"),
    "customer.email": _reach("email"),
    "customer.wechat": _reach("wechat"),
    "customer.address": _of_rows(Address, "customer", "street"),
    "customer.birth_on": _columns("birth_on"),
    "customer.lunar_birthday": _choice("05-05", "08-15"),
    "customer.bonds": _both(
        _of_rows(BondAssessment, "customer", "satisfaction", "repurchase", "note"),
        _both(
            _of_rows(SwitchingCost, "customer", "product", "amount"),
            _of_rows(DeliveredValue, "customer", "offer", "image_value"),
        ),
    ),
    "customer.findings": _of_rows(Finding, "customer", "text", "provider", "place"),
    "customer.plans": _of_rows(Plan, "customer", "title", "summary", "result"),
    "customer.id_number": _sealed,
    "customer.bank_card": _sealed,
    "customer.id_kind": _choice("passport", "resident"),
    "customer.note": _both(_columns("note"), _of_rows(Note, "customer", "text")),
    "customer.consent_proof": _both(
        _of_rows(ConsentEntry, "customer", "proof", "proof_reference"),
        _of_rows(ContactBlock, "customer", "reason"),
        _of_rows(ProcessingLimit, "customer", "reason"),
    ),
    "customer.target_reason": _columns("target_reason"),
    "customer.short_name": _columns("short_name", "search"),
    "customer.external_id": _columns("external_id", "search"),
    **{
        f"customer.{name}": _columns(name)
        for name in (
            *("is_key", "province", "city", "industry", "website", "employees"),
            *("founded_year", "annual_revenue", "source", "credit_code"),
        )
    },
    "customer.state": _choice("lost", "target"),
    "customer.kind": _other_code,
    "customer.relation_kind": _other_code,
    "customer.owner": _owner,
    "customer.files": _files,
    "customer.sensitive_files": _files,
    "customer.tags": _tags,
    "customer.consent": _consent,
    "customer.credit_grade": _trait("D"),
    "customer.credit_limit": _both(
        _trait(), _of_rows(CreditLimit, "customer", "amount")
    ),
    "customer.credit_scores": _of_rows(CreditAssessment, "customer", "scores", "score"),
    "customer.credit_reports": _both(
        _of_rows(CreditReport, "customer", "findings"), _gone(CreditReport)
    ),
    **{
        f"customer.{name}": _trait()
        for name in (
            *("as_of", "first_order_on", "last_order_on", "next_order_on"),
            *("order_count", "order_total", "order_mean", "rhythm_days"),
            *("silence_limit_days", "amount_trend", "r", "f", "m"),
            *("p_alive", "expected_orders", "expected_amount", "grade_score"),
            *("churn_risk", "satisfaction", "lock_in", "switching_cost"),
            *("lifetime_value", "future_value"),
            *("next_birthday_on", "quality", "accuracy", "validity"),
            *("timeliness", "completeness"),
        )
    },
    "customer.rfm_segment": _trait("lost"),
    "customer.tier": _trait("major"),
    "customer.grade": _trait("b"),
    "customer.life_pattern": _trait("early_exit"),
    "customer.purchase_state": _trait("silent"),
    "customer.life_stage": _trait("decline"),
    **{f"investment.{name}": _columns(name) for name in ("place", "amount", "note")},
    **{f"peer.{name}": _columns(name) for name in ("name", "phone", "note")},
    "order.total": _columns("total"),
    "order.paid": _both(_columns("paid"), _of_rows(Payment, "order", "amount")),
    "order.refunded": _both(_columns("refunded"), _of_rows(Refund, "order", "amount")),
    "order.note": _columns("note"),
    "order.lines": _of_rows(OrderLine, "order", "name", "quantity", "amount"),
    "product.price": _columns("price"),
    "opportunity.objections": _of_rows(
        *(Objection, "opportunity", "said", "feeling", "cause", "shown", "agreed")
    ),
    **{
        f"opportunity.{name}": _columns(name)
        for name in ("amount", "probability", "next_step", "close_note", "note")
    },
    **{
        f"lead.{name}": _columns(name)
        for name in ("name", "phone", "email", "amount", "note")
    },
    "commission.base": _columns("base"),
    "commission.target": _columns("target"),
    "product.cost": _columns("cost"),
    "product.note": _columns("note"),
    "action_message.evidence": _columns("facts"),
    **{
        f"segment.{name}": _columns(name)
        for name in ("budget", "budget_from", "budget_until", "strategy")
    },
    **{
        f"key_proposal.{name}": _columns(name)
        for name in ("becomes_key", "orders", "amount", "profit_rate")
    },
    "user.email": _columns("email"),
    "user.created_at": _columns("created_at"),
    **{
        f"audit.{name}": _columns(name)
        for name in ("act", "fields", "rows", "reason", "actor_name")
    },
    "audit.at": _instants("at"),
    **{
        f"access_day.{name}": _columns(name)
        for name in (
            *("views", "reveals", "exports", "records", "usual", "peers"),
            *("is_outlier", "is_reviewed", "remark"),
        )
    },
    "access_day.acts": _acts,
}
STAYS: Mapping[str, str] = {
    "customer.team": "says who sees the record",
    "customer.segment": "is told by the segments, which have a policy of their own",
    "lead.customer": "is the name of the customer, who is changed",
    "lead.referrer": "is the name of the customer, who is changed",
    "opportunity.customer": "is the name of the customer, who is changed",
    "order.customer": "is the name of the customer, who is changed",
    "action_message.customer": "is the name of the customer, who is changed",
    "investment.customer": "is the name of the customer, who is changed",
    "key_proposal.customer": "is the name of the customer, who is changed",
    "next_product.customer": "is the name of the customer, who is changed",
    "next_product.tier": "is that of the customer, who is changed",
    "next_product.owner": "is that of the customer, who is changed",
    "next_product.reason": "is a sum over all customers, told to who may read its parts",
    "key_proposal.reasons": "are put together from the figures that are read in clear",
    "task.customer": "is the name of the customer, who is changed",
    **dict.fromkeys(
        ("audit.what", "audit.name", "audit.kind", "audit.subject_id", "audit.changes"),
        "stands on the timelines of records too",
    ),
    **{
        f"custom_field.{name}": "stands on every form of customers"
        for name in (
            *("name_zh", "name_en", "kind", "privacy", "choices"),
            *("is_required", "is_active", "is_offered", "policy", "days", "channel"),
            *("least_days", "tone"),
            *("description_zh", "description_en", "tip_zh", "tip_en"),
            *("statement_zh", "statement_en"),
        )
    },
    **{
        f"territory.{name}": "says how the house divides its customers"
        for name in ("name", "members", "rule")
    },
    "wall.reason": "stands behind a right of its own",
    "quality_rule.values": "say how the house works, and what it does next",
    "credit_rule.values": "say how the house works, and what it does next",
}


def untold() -> set[str]:
    """Return the fields of policies that are not named here."""
    policies = {p.kind: p for p in all_policies()}
    missing = set()
    for policy in policies.values():
        for name in policy.fields:
            try:
                changer_of(policy, name)
            except KeyError:
                missing.add(f"{policy.kind}.{name}")
    return missing


def unknown() -> set[str]:
    """Return the names here that no policy has as a field."""
    every = {f"{p.kind}.{name}" for p in all_policies() for name in p.fields}
    return {*CHANGERS, *STAYS} - every
