"""Which computed values judge a customer, and which only count what was bought."""

from collections.abc import Mapping

# What analysis concludes about a person: gone when the person objects (PIPL 24). What
# was bought, and when, is counted and no judgement.
EMPTY_PROFILE: Mapping[str, object] = {
    "next_order_on": None,
    "rhythm_days": None,
    "silence_limit_days": None,
    "amount_trend": None,
    "p_alive": None,
    "expected_orders": None,
    "expected_amount": None,
    "lifetime_value": None,
    "future_value": None,
    "life_pattern": "",
    "grade": "",
    "grade_score": None,
    "churn_risk": None,
    "r": 0,
    "f": 0,
    "m": 0,
    "rfm_segment": "",
    "tier": "",
    "purchase_state": "",
    "life_stage": "",
    "is_stage_set": False,
}
