"""Every question others may ask of analytics."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import connection
from django.db.models import Exists, F, OuterRef, Q, QuerySet, Sum
from django.utils.timezone import get_default_timezone, localdate
from django.utils.translation import gettext, gettext_noop
from pydantic import TypeAdapter

from guanxi.analytics.explain import EXPLAINERS, Explanation, explain
from guanxi.analytics.grades.words import figures
from guanxi.analytics.matrices import STAGE, strategies
from guanxi.analytics.models import (
    AnalysisRun,
    AnalysisSetting,
    KeyProposal,
    NextProduct,
    RelationMonth,
    WarehouseLoad,
)
from guanxi.analytics.parameters import AnalysisSettings, Parameters
from guanxi.analytics.policies import ANALYSIS, KEY_PROPOSAL, NEXT_PRODUCT
from guanxi.analytics.rules import DAYS_OF_A_MONTH, PERIOD_DAYS, OfferState, end_of
from guanxi.customers.queries.customer import customers
from guanxi.customers.queries.limit import unprofiled_facts
from guanxi.customers.queries.sums import sums_seen
from guanxi.foundation.actor import Actor, System
from guanxi.foundation.compiled import Kept, asked
from guanxi.foundation.errors import NotVisible
from guanxi.foundation.models import Change
from guanxi.foundation.money import minor_units
from guanxi.foundation.policies import policy_of, require
from guanxi.sales.queries.order import orders
from guanxi.sales.queries.product import products

if TYPE_CHECKING:
    from guanxi.analytics.profits import Core
    from guanxi.analytics.scores import Ranked
    from guanxi.customers.models import Customer

PARAMETERS = TypeAdapter(Parameters)
SETTINGS = TypeAdapter(AnalysisSettings)
ANALYST = System(gettext_noop("analysis"))
_kept: Kept = {}
A_YEAR = 364


@dataclass(frozen=True)
class Why:
    """
    How one number of one customer came about, and the run that found it.

    ``rules`` is the version of the laws by which it did.
    """

    explanation: Explanation
    run: AnalysisRun
    rules: int


def analysis_settings() -> AnalysisSettings:
    """Return the settings of the analysis: what was changed over what is shipped."""
    found = SETTINGS.validate_python(changed_settings())
    return replace(found, minor_units=10 ** minor_units(settings.CURRENCY))


def changed_settings() -> Mapping[str, Any]:
    """Return what was changed of the settings, as it is kept."""
    saved = AnalysisSetting.objects.filter(pk=1).first()
    return dict(saved.values) if saved else {}


def latest_runs(count: int) -> Sequence[AnalysisRun]:
    """Return the latest finished runs, the newest first."""
    return asked(_kept, count, lambda: _finished()[:count])


def _finished() -> "QuerySet[AnalysisRun]":
    done = AnalysisRun.objects.filter(state=AnalysisRun.State.DONE)
    return done.order_by("-pk")


def unfinished_run() -> AnalysisRun | None:
    """Return the run that is queued or under way, if there is one."""
    states = [AnalysisRun.State.QUEUED, AnalysisRun.State.RUNNING]
    return AnalysisRun.objects.filter(state__in=states).order_by("-pk").first()


def failed_run() -> AnalysisRun | None:
    """Return the latest run if it failed."""
    latest = AnalysisRun.objects.order_by("-pk").first()
    return latest if latest and latest.state == AnalysisRun.State.FAILED else None


def present_day(at: datetime) -> date:
    """
    Return the day at whose end plans and facts are to be compared at ``at``.

    Today, as a rule. A run on past data, made later than the day after it, was asked for
    on purpose: until the next run its day stays the present.
    """
    zone = get_default_timezone()
    today = localdate(at, zone)
    for run in latest_runs(1):
        made_on = localdate(run.requested_at, zone)
        return today if made_on - run.as_of <= timedelta(days=1) else run.as_of
    return today


def usual_return_days() -> float | None:
    """Return within how many days returning first-time buyers usually came back."""
    runs = latest_runs(1)
    if not runs:
        return None
    return PARAMETERS.validate_python(runs[0].parameters).population.usual_return_days


def runs(viewer: Actor) -> Sequence[AnalysisRun]:
    """Return the latest runs that ``viewer`` may see, the newest first."""
    visible = AnalysisRun.objects.filter(ANALYSIS.visible(viewer))
    return list(visible.select_related("requested_by").order_by("-pk")[:50])


def run(viewer: Actor, pk: int) -> AnalysisRun:
    """
    Return one run.

    :raises NotVisible: if there is none that ``viewer`` may see.
    """
    found = AnalysisRun.objects.filter(ANALYSIS.visible(viewer), pk=pk).first()
    if found is None:
        raise NotVisible
    return found


def why(customer_id: int, trait: str) -> Why | None:
    """
    Return how ``trait`` of a customer came about in the latest run.

    None when there is no run yet, or when it did not know the customer. The caller has
    made sure that the viewer may see the customer and the trait.

    :raises NotVisible: if there is no such trait.
    """
    latest = latest_runs(1)
    row = _score_row(customer_id) if latest else None
    if row is None:
        return None
    parameters = PARAMETERS.validate_python(latest[0].parameters)
    try:
        return Why(explain(trait, row, parameters), latest[0], parameters.rules)
    except KeyError as error:
        raise NotVisible from error


def reasons_of(customer_ids: Sequence[int]) -> Sequence[Mapping[str, Any]]:
    """Return each score of the customers in words: by which rules, of which day, and why."""
    found = []
    for pk in customer_ids:
        for trait in EXPLAINERS:
            reason = why(pk, trait)
            if reason:
                told = reason.explanation
                found.append(
                    {
                        "score": trait,
                        "reason": gettext(told.formula_msgid) % told.inputs,
                        **({"parts": _parts_told(told)} if told.parts else {}),
                        "as_of": reason.run.as_of.isoformat(),
                        "rules": reason.rules,
                        "analysis": reason.run.pk,
                    }
                )
    return found


def _parts_told(told: Explanation) -> Sequence[Mapping[str, Any]]:
    labels = figures()
    return [
        {
            "indicator": str(labels[part.key].label)
            if part.key in labels
            else part.key,
            "value": part.value,
            "points": part.points,
            "weight": round(part.weight, 1),
        }
        for part in told.parts
    ]


def ranking(viewer: Actor, *, after: int, limit: int) -> Sequence["Ranked"]:
    """Return the places of the pyramid behind rank ``after`` that ``viewer`` sees."""
    from guanxi.analytics.scores import ranked  # noqa: PLC0415 -- loads pyarrow

    among = _own(viewer)
    return ranked(settings.WAREHOUSE_ROOT, after=after, limit=limit, among=among)


def core_customers(
    viewer: Actor, *, first_on: date, last_on: date, percent: int, by_profit: bool
) -> "Core | None":
    """
    Return who brings ``percent`` of all profit, or revenue, of the customers in sight.

    None before the first analysis.
    """
    import numpy as np  # noqa: PLC0415 -- the engines are loaded where they are used

    from guanxi.analytics.profits import (  # noqa: PLC0415 -- loads pyarrow
        core_of,
        sums_between,
    )

    spared = np.array(unprofiled(), np.int64)
    sums = sums_between(settings.WAREHOUSE_ROOT, first_on, last_on, without=spared)
    if sums is None:
        return None
    return core_of(sums, percent=percent, by_profit=by_profit, among=_own(viewer))


def unprofiled() -> list[int]:
    """Return the customers whom nobody judges by what is computed, in order."""
    with connection.cursor() as cursor:
        cursor.execute(unprofiled_facts())
        return sorted(pk for (pk,) in cursor.fetchall())


def latest_loads(most: int = 30) -> Sequence[WarehouseLoad]:
    """Return the latest loads of the warehouse, the newest first."""
    return list(WarehouseLoad.objects.order_by("-number")[:most])


def stage_strategies() -> Mapping[str, str]:
    """Return what the house does about who enters a life-cycle stage, by stage."""
    return strategies(STAGE)


def waiting_changes() -> int:
    """Return how many changes of records the warehouse has not read yet."""
    return Change.objects.count()


def require_core(viewer: Actor) -> None:
    """
    Let pass whoever may know what customers brought.

    :raises Denied: without the right to the analysis.
    :raises NotVisible: for whoever may not read what they bought for.
    """
    require(viewer, "analysis.read")
    if "order_total" not in policy_of("customer").readable(viewer):
        raise NotVisible


def latest_year() -> tuple[date, date]:
    """Return the first and the last day of the year up to the latest analysis."""
    latest = latest_runs(1)
    last_on = latest[0].as_of if latest else localdate()
    return last_on - timedelta(days=A_YEAR), last_on


def reads_profits(viewer: Actor) -> bool:
    """Tell whether ``viewer`` may know what goods cost, and so what they earned."""
    return "cost" in policy_of("product").readable(viewer)


def require_books(viewer: Actor) -> None:
    """
    Let pass whoever may know what customers brought, and all that they cost.

    :raises Denied: without the right to the analysis, or to contacts and costs.
    :raises NotVisible: for whoever may not read a part of it.
    """
    require_core(viewer)
    require(viewer, "investment.read")
    reads_costs = "amount" in policy_of("investment").readable(viewer)
    if not reads_costs or not reads_profits(viewer):
        raise NotVisible


def key_proposals(viewer: Actor) -> "QuerySet[KeyProposal]":
    """Return the proposals about customers that ``viewer`` sees."""
    rows = KeyProposal.objects.filter(KEY_PROPOSAL.visible(viewer))
    return rows.filter(customer__in=customers(viewer).order_by().values("pk"))


def key_proposal(viewer: Actor, pk: int) -> KeyProposal:
    """
    Return one proposal.

    :raises NotVisible: if there is none that ``viewer`` sees.
    """
    found = key_proposals(viewer).filter(pk=pk).first()
    if found is None:
        raise NotVisible
    return found


def leaving_reasons(
    customer_ids: Collection[int],
) -> Mapping[int, Sequence[tuple[str, float]]]:
    """
    Return what raises the risk to leave most in the latest run, customer by customer.

    Each as a column of the model and its value there, the strongest first: see
    `rules.leaving_reason`. Whoever is not judged is not in it.
    """
    import pyarrow.parquet as pq  # noqa: PLC0415 -- the engines are loaded where they are used

    from guanxi.analytics.scores import FILE, KEY  # noqa: PLC0415 -- as above

    path = settings.WAREHOUSE_ROOT / f"{FILE}.parquet"
    pairs = [(f"churn_reason_{at}", f"churn_value_{at}") for at in (1, 2)]
    names = [KEY, *(name for pair in pairs for name in pair)]
    if not path.exists() or not set(names) <= set(pq.read_schema(path).names):
        return {}
    wanted = [(KEY, "in", list(customer_ids))]
    table = pq.read_table(path, columns=names, filters=wanted)
    return {
        row[KEY]: [(str(row[name]), row[value]) for name, value in pairs if row[name]]
        for row in table.to_pylist()
    }


def first_offers(viewer: Actor) -> "QuerySet[Any]":
    """
    Return what to offer first to the customers of ``viewer``, and nobody has offered yet.

    Each with its ``share``, from 0 to 1: of those who speak for it, who bought it.
    """
    rows = NextProduct.objects.filter(
        NEXT_PRODUCT.visible(viewer),
        customer__in=customers(viewer).order_by().values("pk"),
        product__in=products(viewer).filter(is_active=True).order_by().values("pk"),
        state=OfferState.OPEN,
        bought_at=None,
        rank=1,
    )
    return rows.annotate(share=F("ground__both") * 1.0 / F("ground__among"))


def _own(viewer: Actor) -> list[int] | None:
    """Return the customers that ``viewer`` sees; None if all."""
    if not policy_of("customer").visible(viewer):
        return None
    return list(customers(viewer).order_by().values_list("pk", flat=True))


def _score_row(customer_id: int) -> dict[str, Any] | None:
    from guanxi.analytics.scores import score_row  # noqa: PLC0415 -- loads pyarrow

    return score_row(settings.WAREHOUSE_ROOT, customer_id)


@dataclass(frozen=True)
class Relations:
    """
    The relationships at the end of a month, on the day ``until``.

    ``months`` is how long they had lasted on average, ``quality`` the mean of 0 to 100.
    """

    month_on: date
    until: date
    customers: int
    months: float
    quality: float


# What the three figures tell of; who may not read one of them sees none.
RELATION_FIELDS = ("first_order_on", "last_order_on", "order_count")


def relation_months(viewer: Actor, *, where: Q | None = None) -> Sequence[Relations]:
    """
    Return the relationships of the customers whose owners and teams ``viewer`` sees.

    Those shut from him are not in them, those shared with him are.

    Month by month, as the latest analysis counted them; ``where`` narrows them further.
    """
    latest = latest_runs(1)
    if not latest:
        return []
    rows = RelationMonth.objects.filter(sums_seen(viewer))
    if where is not None:
        rows = rows.filter(where)
    months = rows.values("month_on").annotate(
        count=Sum("customers"), lasted=Sum("days"), score=Sum("quality")
    )
    return [
        Relations(
            month_on=row["month_on"],
            until=end_of(row["month_on"], latest[0].as_of),
            customers=row["count"],
            months=round(row["lasted"] / row["count"] / DAYS_OF_A_MONTH, 1),
            quality=round(row["score"] / row["count"], 1),
        )
        for row in months.order_by("month_on")
    ]


def related_customers(viewer: Actor, until: date) -> "QuerySet[Customer]":
    """Return the customers of ``viewer`` with a relationship on the day ``until``."""
    bought = (
        orders(ANALYST)
        .real()
        .filter(
            customer=OuterRef("pk"),
            currency=settings.CURRENCY,
            ordered_on__gt=until - timedelta(days=PERIOD_DAYS),
            ordered_on__lte=until,
        )
    )
    found = customers(viewer).filter(Exists(bought)).select_related("traits")
    return found.order_by("pk")
