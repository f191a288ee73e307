"""The words of the scores: what their values are called and how each is explained."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Final

from django.db.models import TextChoices
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_noop as _


class ProposalState(TextChoices):
    """What people said to a proposal."""

    OPEN = "open", pgettext_lazy("proposal", "Open")
    ACCEPTED = "accepted", pgettext_lazy("proposal", "Accepted")
    DECLINED = "declined", pgettext_lazy("proposal", "Declined")


class GroundKind(TextChoices):
    """What speaks for a product."""

    RULE = "rule", pgettext_lazy("offer", "Goods bought")
    PEERS = "peers", pgettext_lazy("offer", "Customers like it")


class OfferState(TextChoices):
    """What came of a product that is proposed for a customer."""

    OPEN = "open", pgettext_lazy("offer", "Not offered yet")
    OFFERED = "offered", pgettext_lazy("offer", "Offered")
    ACCEPTED = "accepted", pgettext_lazy("offer", "Accepted")
    DECLINED = "declined", pgettext_lazy("offer", "Declined")


# Within so many days an order counts as the answer to an offer; then nothing came of it.
OFFER_DAYS = 90
# For so many days a product that was declined is not proposed again.
REST_DAYS = 365

SEGMENT_LABELS: Final[Mapping[str, str]] = {
    "champions": _("Champions"),
    "potential_loyalist": _("Potential loyalists"),
    "loyal": _("Loyal buyers"),
    "promising": _("Promising"),
    "new": _("New buyers"),
    "cannot_lose": _("Cannot lose them"),
    "at_risk": _("At risk"),
    "need_attention": _("Need attention"),
    "about_to_sleep": _("About to sleep"),
    "lost": _("Lost buyers"),
    "others": _("No segment"),
}
TIER_LABELS: Final[Mapping[str, str]] = {
    "vital": _("Vital customer"),
    "major": _("Major customer"),
    "normal": _("Normal customer"),
    "small": _("Small customer"),
}
STATE_LABELS: Final[Mapping[str, str]] = {
    "first_time": _("First-time buyer"),
    "repeat": _("Repeat buyer"),
    "loyal": _("Loyal customer"),
    "lost": _("Lost customer"),
}
STAGE_LABELS: Final[Mapping[str, str]] = {
    "stage_exploration": _("Exploration stage"),
    "stage_formation": _("Formation stage"),
    "stage_stable": _("Stable stage"),
    "stage_decline": _("Decline stage"),
}

# How a number came about; the names in brackets are the inputs of an Explanation.
FORMULAS: Final[Mapping[str, str]] = {
    "first_order_on": _("The earliest of %(order_count)s orders up to %(as_of)s."),
    "last_order_on": _("The latest of %(order_count)s orders up to %(as_of)s."),
    "order_count": _(
        "Orders that count up to %(as_of)s, placed on %(purchase_days)s different days."
    ),
    "order_total": _(
        "Sum of %(order_count)s orders up to %(as_of)s, refunds deducted."
    ),
    "order_mean": _("%(order_total)s divided by %(order_count)s orders."),
    "gap_days": _(
        "Median of the %(gaps)s gaps between %(purchase_days)s purchase days;"
        " orders of the same day count once."
    ),
    "no_rhythm": _(
        "Only %(purchase_days)s purchase days: too few to know the own rhythm."
    ),
    "next_order_on": _(
        "Last order on %(last_order_on)s plus the usual gap of %(gap_days)s days."
    ),
    "silent_ratio": _(
        "Silent for %(silent_days)s days. By the own rhythm, %(percent)s%% of gaps are"
        " shorter than %(limit)s days."
    ),
    "silent_ratio_of_all": _(
        "Silent for %(silent_days)s days. Too few orders for an own rhythm; of all"
        " customers, %(percent)s%% of gaps are shorter than %(limit)s days."
    ),
    "first_return_overdue": _(
        "First bought on %(first_order_on)s, silent for %(silent_days)s days. Of those"
        " who came back, %(percent)s%% did so within %(usual_return)s days."
    ),
    "r": _(
        "Last order %(silent_days)s days ago: score %(score)s of %(bins)s. Cut points"
        " in days: %(cuts)s."
    ),
    "f": _(
        "%(order_count)s orders: score %(score)s of %(bins)s. Cut points in orders:"
        " %(cuts)s."
    ),
    "m": _(
        "%(order_total)s in total: score %(score)s of %(bins)s. Cut points in money:"
        " %(cuts)s."
    ),
    "rfm_segment": _(
        "Scores: recency %(r)s, frequency %(f)s, monetary %(m)s. The first rule of the"
        " segment map that fits decides."
    ),
    "tier": _(
        "Rank %(rank)s of %(customers)s customers with %(value)s in the last"
        " %(period_days)s days. Tiers end at ranks %(last_ranks)s; who brought nothing"
        " is in the lowest."
    ),
    "tier_profit": _(
        "Rank %(rank)s of %(customers)s customers with a profit of %(profit)s in the last"
        " %(period_days)s days. Tiers end at ranks %(last_ranks)s; who earned nothing, or"
        " whose costs are not known, is in the lowest."
    ),
    "tier_rfm": _(
        "Rank %(rank)s of %(customers)s customers by the sum of the scores: recency %(r)s,"
        " frequency %(f)s, monetary %(m)s; of equal sums the higher amount of the last"
        " %(period_days)s days leads. Tiers end at ranks %(last_ranks)s."
    ),
    "tier_expected": _(
        "Rank %(rank)s of %(customers)s customers with %(expected_amount)s to be expected"
        " within twelve months. Tiers end at ranks %(last_ranks)s; of whom nothing is"
        " expected is in the lowest."
    ),
    "tier_score": _(
        "Rank %(rank)s of %(customers)s customers by the weighted score, %(grade_score)s"
        " of 100. Tiers end at ranks %(last_ranks)s."
    ),
    "grade": _(
        "Weighted score %(grade_score)s of 100; this grade begins at %(least)s. Version"
        " %(version)s of the scheme, periods of %(period_days)s days."
    ),
    "no_grade": _("Not graded yet: the next analysis does it."),
    "purchase_state": _(
        "%(purchase_days)s purchase days, silent for %(silent_days)s days. Loyal: at"
        " least %(loyal_days)s purchase days and silent for at most %(limit)s days."
        " Lost: silent for more than %(lost_after)s days."
    ),
    "life_stage": _(
        "%(recent)s in the last %(window)s days, usually %(usual)s; silent for"
        " %(silent_days)s days, long from %(limit)s days on."
    ),
    "life_stage_young": _(
        "%(recent)s in the last %(window)s days, known for less than twice as long;"
        " silent for %(silent_days)s days, long from %(limit)s days on."
    ),
    "life_pattern_early_abortion": _(
        "Lost: silent for %(silent_days)s days, lost after %(lost_after)s. At the last"
        " purchase on %(last_order_on)s still in the exploration stage: %(purchase_days)s"
        " purchase days."
    ),
    "life_pattern_midway_death": _(
        "Lost: silent for %(silent_days)s days, lost after %(lost_after)s. At the last"
        " purchase on %(last_order_on)s in the formation stage: not known for long, or"
        " buying more than usual."
    ),
    "life_pattern_early_exit": _(
        "Lost: silent for %(silent_days)s days, lost after %(lost_after)s. At the last"
        " purchase on %(last_order_on)s in the stable stage, which might have lasted."
    ),
    "life_pattern_long_lasting": _(
        "Bought first on %(first_order_on)s and is in the stable stage now; a relationship"
        " lasts from %(lasting_days)s days on."
    ),
    "no_pattern": _(
        "Neither lost nor in the stable stage for long: no pattern can be told yet."
    ),
    "amount_trend": _(
        "The last %(last)s purchase days averaged %(recent)s; before them, %(usual)s was"
        " usual (median)."
    ),
    "no_trend": _(
        "Only %(purchase_days)s purchase days with an amount to compare: too few for a"
        " trend."
    ),
    "p_alive": _(
        "Bought on %(purchase_days)s days; the last time %(last_weeks)s weeks after the"
        " first, which is %(age_weeks)s weeks ago. Of customers like this %(p_alive)s%%"
        " come again (BG/NBD, version %(version)s: r %(r)s, α %(alpha)s, a %(a)s, b"
        " %(b)s)."
    ),
    "expected_orders": _(
        "Bought on %(purchase_days)s days in %(age_weeks)s weeks, with a chance of"
        " %(p_alive)s%% to come again: about %(expected_orders)s more purchase days are to"
        " be expected within twelve months (BG/NBD, version %(version)s)."
    ),
    "expected_of_one": _(
        "Bought once, %(age_weeks)s weeks ago: about %(expected_orders)s more purchase days"
        " are to be expected within twelve months, as of all such customers (BG/NBD,"
        " version %(version)s)."
    ),
    "expected_nothing": _(
        "Bought on %(purchase_days)s days, and silent for so long that next to nothing is"
        " to be expected within twelve months."
    ),
    "expected_amount": _(
        "About %(expected_orders)s purchase days within twelve months, of about %(each)s"
        " each, which leans from the own mean %(mean)s towards that of all the more, the"
        " fewer purchases there are (gamma-gamma)."
    ),
    "lifetime_value": _(
        "What the customer has earned so far less all costs, and what is to come:"
        " %(to_come)s purchase days at their present value within %(years)s years"
        " (BG/NBD, %(rate)s%% discount a year), each worth its margin less what a purchase"
        " costs beside goods. What is to come is rounded to steps of a tenth."
    ),
    "future_value": _(
        "%(to_come)s purchase days at their present value within %(years)s years (BG/NBD,"
        " %(rate)s%% discount a year), each worth its margin less what a purchase costs"
        " beside goods; rounded to steps of a tenth."
    ),
    "no_value": _(
        "The purchase cost of no product that was sold is known, so nobody can say what"
        " remains. Enter the purchase cost of products."
    ),
    # Why there is no model, or nothing of one customer in it.
    "no_model_few": _("No model of purchases: too few customers have bought."),
    "no_model_once": _("No model of purchases: too few customers have come back."),
    "no_model_unclear": _(
        "No model of purchases: what was bought does not tell its parameters."
    ),
    "churn_risk": _(
        "Of customers who stood like this about %(percent)s%% bought nothing for the next"
        " %(horizon)s days (logistic regression, version %(version)s, learned from"
        " %(learned)s customers). What raises the risk most: %(first)s; %(second)s."
    ),
    "churn_risk_one": _(
        "Of customers who stood like this about %(percent)s%% bought nothing for the next"
        " %(horizon)s days (logistic regression, version %(version)s, learned from"
        " %(learned)s customers). What raises the risk: %(first)s."
    ),
    "churn_risk_none": _(
        "Of customers who stood like this about %(percent)s%% bought nothing for the next"
        " %(horizon)s days (logistic regression, version %(version)s, learned from"
        " %(learned)s customers). Nothing raises the risk above that of others."
    ),
    "churn_gone": _(
        "Nothing bought for %(silent_days)s days, more than twice the %(horizon)s days that"
        " the model looks ahead: of who has stayed away for so long it tells nothing."
    ),
    "no_leaving_short": _("No model of leaving: the time that is known is too short."),
    "no_leaving_few": _("No model of leaving: too few customers."),
    "no_leaving_same": _(
        "No model of leaving: nearly everybody stayed, or nearly everybody left."
    ),
    "no_model_": _("Of one purchase the model of purchases cannot tell yet."),
}

# What raises the risk to leave, by the column it was learned from.
LEAVING: Mapping[str, str] = {
    "silent": _("%(value)s days without a purchase"),
    "overdue": _("silent for %(value)s times the own rhythm"),
    "times": _("how often was bought so far"),
    "rhythm": _("%(value)s days between purchases on average"),
    "uneven": _("irregular purchases"),
    "last_gap": _("the last gap was %(value)s times the usual one"),
    "tenure": _("customer for %(value)s days"),
    "recent": _("in the last 90 days %(value)s times as many purchases as usual"),
    "amount": _("the usual amount of a purchase"),
    "last_amount": _("the last amount was %(value)s times the usual one"),
}
LEAVING_COLUMNS: Mapping[str, str] = {
    "silent": _("Days since the last purchase"),
    "overdue": _("Silence by the own rhythm"),
    "times": _("Number of purchases"),
    "rhythm": _("Days between purchases"),
    "uneven": _("How irregular purchases are"),
    "last_gap": _("The last gap by the own rhythm"),
    "tenure": _("Days since the first purchase"),
    "recent": _("Purchases of the last 90 days by the own rhythm"),
    "amount": _("Mean amount"),
    "last_amount": _("The last amount by the mean one"),
}

# A relationship is alive for this long after a purchase.
PERIOD_DAYS = 365
MONTHS = 24
DAYS_OF_A_MONTH = 30.4375


def leaving_reason(column: str, value: float) -> str:
    """Return in words what raises the risk to leave: a column of the model, and its value."""
    told = f"{value:.0f}" if value >= 10 else f"{value:.1f}"
    return gettext(LEAVING[column]) % {"value": told}


def months_until(day: date, count: int) -> list[date]:
    """Return the first days of the ``count`` months up to that of ``day``, in order."""
    found = [day.replace(day=1)]
    while len(found) < count:
        found.append((found[-1] - timedelta(days=1)).replace(day=1))
    return found[::-1]


def end_of(month_on: date, as_of: date) -> date:
    """Return the last day of the month that begins on ``month_on``, or ``as_of`` before."""
    following = (month_on + timedelta(days=32)).replace(day=1)
    return min(as_of, following - timedelta(days=1))


VALUE_STEPS: Mapping[str, str] = {
    "profit": _("Profit on goods so far"),
    "acquisition": _("Cost of acquisition"),
    "sales": _("Cost of selling"),
    "service": _("Cost of service"),
    "retention": _("Cost of retention"),
    "past": _("So far"),
    "each": _("Amount to expect of a purchase"),
    "margin": _("Its margin"),
    "upkeep": _("Its costs beside goods"),
    "future": _("To come, at its present value"),
    "whole": _("Lifetime value"),
}
"""The lines of a lifetime value, in the order in which they add up."""
