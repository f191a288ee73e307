"""What changed among the customers, what may be lost, and what could be won."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django.conf import settings
from django.db.models import Count, F, QuerySet, Sum
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, ngettext

from guanxi.analytics import exploring
from guanxi.analytics.findings.declared import (
    MOST_FALSE,
    Certainty,
    Finding,
    Link,
    Person,
    Sort,
    certainty_of,
    key_of,
)
from guanxi.analytics.models import AnalysisRun
from guanxi.analytics.moves import NONE
from guanxi.analytics.queries import PARAMETERS
from guanxi.analytics.rules import end_of
from guanxi.customers.queries.customer import customers
from guanxi.customers.rules import LifeStage, Tier
from guanxi.foundation.actor import Actor
from guanxi.foundation.figures import grouped, short_amount
from guanxi.foundation.money import minor_units
from guanxi.foundation.policies import policy_of
from guanxi.sales.queries.order import orders

if TYPE_CHECKING:
    from guanxi.analytics.states import Pairs

HIGH_RISK = 60  # percent
MOST_OWNERS = 3
TOP = (Tier.VITAL.value, Tier.MAJOR.value)


@dataclass(frozen=True)
class _Turn:
    """
    A way between classes that is counted month by month.

    Counted is who gets from one of ``before`` into one of ``after``.
    """

    what: str
    keys: Sequence[str]
    before: Sequence[str]
    after: Sequence[str]
    is_good: bool
    subject: str
    sentence: str


_STAGES, _TIERS = LifeStage.values, Tier.values
_BELOW = [Tier.NORMAL.value, Tier.SMALL.value]
_TURNS = (
    _Turn(
        "tier",
        _TIERS,
        TOP,
        [*_BELOW, NONE],
        is_good=False,
        subject=gettext_noop("Customers who fell out of the upper tiers in %(month)s"),
        sentence=gettext_noop(
            "%(count)s vital and major customers fell into a lower tier in %(month)s; "
            "usually it is %(usual)s a month."
        ),
    ),
    _Turn(
        "tier",
        _TIERS,
        _BELOW,
        TOP,
        is_good=True,
        subject=gettext_noop("Customers who rose into the upper tiers in %(month)s"),
        sentence=gettext_noop(
            "%(count)s customers rose to vital or major in %(month)s; usually it is "
            "%(usual)s a month."
        ),
    ),
    _Turn(
        "life_stage",
        _STAGES,
        [key for key in _STAGES if key != LifeStage.DECLINE],
        [LifeStage.DECLINE.value],
        is_good=False,
        subject=gettext_noop("Customers who entered the decline stage in %(month)s"),
        sentence=gettext_noop(
            "%(count)s customers entered the decline stage in %(month)s; usually it is "
            "%(usual)s a month."
        ),
    ),
)


def moved_findings(viewer: Actor, as_of: date) -> Iterator[Finding]:
    """Yield how many customers went down or up in the last whole month."""
    from guanxi.analytics.states import flow, kept_months  # noqa: PLC0415 -- loads the engines

    folder = settings.WAREHOUSE_ROOT
    months = [
        month
        for month in kept_months(folder, as_of)
        if end_of(month, date.max) <= as_of
    ]
    readable = policy_of("customer").readable(viewer)
    turns = [turn for turn in _TURNS if turn.what in readable]
    if len(months) < 2 or not turns:
        return
    among = exploring.known_customers(viewer)
    for what in dict.fromkeys(turn.what for turn in turns):
        here = [turn for turn in turns if turn.what == what]
        counts, amounts = flow(folder, what, here[0].keys, months, among=among)
        for turn in here:
            told = [_sum(turn, one) for one in counts]
            yield from _turned(viewer, turn, months[-2:], told, _sum(turn, amounts))


def _turned(
    viewer: Actor,
    turn: _Turn,
    span: Sequence[date],
    counts: Sequence[int],
    amount: int,
) -> Iterator[Finding]:
    import numpy as np  # noqa: PLC0415 -- the engines are loaded where they are used

    from guanxi.analytics.science.surprise import count_surprise  # noqa: PLC0415 -- as above

    if not counts[-1]:
        return
    found = count_surprise(np.array(counts, float))
    is_odd = found is not None and found.chance < MOST_FALSE
    first, last = span
    words = {
        "count": grouped(counts[-1]),
        "month": f"{last:%Y-%m}",
        "usual": f"{np.mean(counts[:-1]):.1f}" if counts[1:] else "–",
    }
    asked = urlencode(
        {"what": turn.what, "first": f"{first:%Y-%m}", "last": words["month"]}
    )
    tone = "green" if turn.is_good else "red" if is_odd else "amber"
    yield Finding(
        key=key_of("moved", turn.subject, last),
        sort=Sort.CUSTOMERS,
        tone=tone,
        subject=_(turn.subject) % words,
        sentence=_(turn.sentence) % words,
        evidence=_how_usual(found.chance, found.tried) if found and is_odd else "",
        certainty=certainty_of(found.chance) if found and is_odd else Certainty.COUNTED,
        stake=_money(Decimal(amount).scaleb(-minor_units(settings.CURRENCY)))
        if amount and _reads(viewer, "order_total")
        else "",
        links=[
            Link(_("Who they are"), f"{reverse('analytics:life_cycle')}?{asked}#moves")
        ],
    )


def _sum(turn: _Turn, pairs: "Pairs") -> int:
    return sum(pairs[old, new] for old in turn.before for new in turn.after)


def _how_usual(chance: float, months: int) -> str:
    told = f"{100 * chance:.1f}%" if chance >= 0.001 else "< 0.1%"
    return _(
        "Held against the %(months)s months before: by chance alone %(chance)s of months "
        "are as far off."
    ) % {"months": months, "chance": told}


def stake_findings(viewer: Actor, run: AnalysisRun, today: date) -> Iterator[Finding]:
    """Yield what may be lost and what could be won, by the latest analysis."""
    yield from _leaving(viewer, run)
    yield from _overdue(viewer, today)
    yield from _rising(viewer, run)


def _leaving(viewer: Actor, run: AnalysisRun) -> Iterator[Finding]:
    if not _reads(viewer, "tier", "churn_risk"):
        return
    rows = customers(viewer).filter(
        traits__tier__in=TOP, traits__churn_risk__gte=HIGH_RISK
    )
    loss = Sum(F("traits__churn_risk") * F("traits__expected_amount") / 100)
    found = rows.order_by().aggregate(count=Count("pk"), loss=loss)
    if not found["count"]:
        return
    model = PARAMETERS.validate_python(run.parameters).leaving
    reads_money = _reads(viewer, "expected_amount")
    where = f"tier.in.({','.join(TOP)}),churn_risk.gte.{HIGH_RISK}"
    asked = urlencode({"where": where, "sort": "-churn_risk"})
    yield Finding(
        key=key_of("leaving", run.as_of.replace(day=1)),
        sort=Sort.STAKE,
        tone="red",
        subject=_("Valuable customers who are about to leave"),
        sentence=ngettext(
            "%(count)s vital or major customer has a risk to leave of %(risk)s%% or more.",
            "%(count)s vital or major customers have a risk to leave of %(risk)s%% or "
            "more.",
            found["count"],
        )
        % {"count": grouped(found["count"]), "risk": HIGH_RISK},
        evidence=_(
            "Of one who leaves and one who stays the model names the right one with a "
            "chance of %(auc)s; what it says is off by %(off)s on average."
        )
        % {
            "auc": f"{100 * model.auc:.0f}%",
            "off": f"{100 * model.calibration_error:.1f}%",
        },
        certainty=Certainty.ESTIMATED,
        stake=_money(found["loss"] or Decimal(0)) if reads_money else "",
        who=_owners(rows, loss if reads_money else Count("pk"), is_money=reads_money),
        links=[
            Link(_("Who they are"), f"{reverse('customers:customers')}?{asked}"),
            Link(_("How far to trust it"), reverse("analytics:leaving_model")),
        ],
    )


def _overdue(viewer: Actor, today: date) -> Iterator[Finding]:
    if not policy_of("order").readable(viewer) >= {"total", "due_on"}:
        return
    late = (
        orders(viewer)
        .owing()
        .filter(due_on__lt=today, currency=settings.CURRENCY)
        .order_by()
    )
    owed = Sum(F("total") - F("paid") - F("refunded"))
    found = late.aggregate(count=Count("pk"), owed=owed)
    if not found["count"]:
        return
    where = f"payment_state.in.(unpaid,part),due_on.lt.{today.isoformat()}"
    asked = urlencode({"where": where, "sort": "due_on"})
    yield Finding(
        key=key_of("overdue", today.replace(day=1)),
        sort=Sort.STAKE,
        tone="amber",
        subject=_("Payments past their day"),
        sentence=ngettext(
            "%(count)s order is not paid and past its day.",
            "%(count)s orders are not paid and past their day.",
            found["count"],
        )
        % {"count": grouped(found["count"])},
        evidence="",
        certainty=Certainty.COUNTED,
        stake=_money(found["owed"] or Decimal(0)),
        who=_owners(late, owed, is_money=True),
        links=[Link(_("Which orders"), f"{reverse('sales:orders')}?{asked}")],
    )


def _rising(viewer: Actor, run: AnalysisRun) -> Iterator[Finding]:
    from guanxi.analytics.upgrades import Sign, candidates  # noqa: PLC0415 -- loads the engines
    from guanxi.analytics.views.upgrade import TELLS  # noqa: PLC0415 -- as above

    if not _reads(viewer, *TELLS):
        return
    parameters = PARAMETERS.validate_python(run.parameters)
    near = candidates(
        settings.WAREHOUSE_ROOT,
        parameters,
        tier=Tier.NORMAL.value,
        sign=Sign.NEAR,
        among=exploring.known_customers(viewer),
    )
    if not near:
        return
    asked = urlencode({"tier": Tier.NORMAL.value, "sign": Sign.NEAR.value})
    expected = sum(one.expected or 0 for one in near)
    yield Finding(
        key=key_of("rising", run.as_of.replace(day=1)),
        sort=Sort.STAKE,
        tone="green",
        subject=_("Normal customers one order away from the next tier"),
        sentence=ngettext(
            "%(count)s normal customer is one usual order away from the next tier.",
            "%(count)s normal customers are one usual order away from the next tier.",
            len(near),
        )
        % {"count": grouped(len(near))},
        evidence=_("The amount is what the model expects of them within 12 months."),
        certainty=Certainty.COUNTED,
        stake=_money(Decimal(expected).scaleb(-minor_units(settings.CURRENCY))),
        links=[
            Link(_("Who they are"), f"{reverse('analytics:upgrades')}?{asked}"),
        ],
    )


def _owners(rows: "QuerySet[Any]", figure: Any, *, is_money: bool) -> list[Person]:
    """Return the owners who have most of ``rows``, each with how much."""
    named = rows.filter(owner__isnull=False).order_by().values("owner__name")
    most = named.annotate(figure=figure).order_by("-figure", "owner__name")
    return [
        Person(
            one["owner__name"],
            _money(one["figure"] or Decimal(0)) if is_money else grouped(one["figure"]),
        )
        for one in most[:MOST_OWNERS]
    ]


def _money(value: Decimal) -> str:
    return short_amount(Decimal(value), settings.CURRENCY)


def _reads(viewer: Actor, *fields: str) -> bool:
    return policy_of("customer").readable(viewer) >= set(fields)
