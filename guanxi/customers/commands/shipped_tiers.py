"""How the product speaks to each tier until the house says otherwise."""

from collections.abc import Iterator

from guanxi.customers.models import Handling
from guanxi.customers.rules import Tier
from guanxi.customers.rules.consent import ContactChannel
from guanxi.customers.rules.handling import ContactPolicy, Tone

_Shipped = tuple[Tier, ContactPolicy | None, int | None, int, ContactChannel, Tone]
_TIERS: tuple[_Shipped, ...] = (
    (Tier.VITAL, ContactPolicy.REGULAR, 30, 7, ContactChannel.PHONE, Tone.RESPECTFUL),
    (Tier.MAJOR, ContactPolicy.FOLLOW_UP, 7, 14, ContactChannel.PHONE, Tone.WARM),
    (Tier.NORMAL, None, None, 30, ContactChannel.WECHAT, Tone.WARM),
    (Tier.SMALL, None, None, 60, ContactChannel.WECHAT, Tone.FACTUAL),
)
_TIPS = {
    Tier.VITAL: (
        "专人负责，亲自打电话；先问近况和使用情况，再谈生意。承诺的事当天回复。",
        "One person in charge who calls in person; ask how things go before business. "
        "Answer on the same day.",
    ),
    Tier.MAJOR: (
        "每次购买后回访一次，听听意见；有新品或优惠先告诉他。",
        "Ask how it went after each purchase; tell them first of what is new.",
    ),
    Tier.NORMAL: (
        "有他用得上的内容再发，一次只说一件事。",
        "Write when there is something of use, one thing at a time.",
    ),
    Tier.SMALL: (
        "少打扰：简短说明，给出自助办理的入口。",
        "Disturb little: a short note, and where they can help themselves.",
    ),
}


def shipped_tiers() -> Iterator[Handling]:
    """Yield what is said about each tier, not stored yet."""
    for tier, policy, days, least, channel, tone in _TIERS:
        zh, en = _TIPS[tier]
        yield Handling(
            tier=tier,
            tip_zh=zh,
            tip_en=en,
            policy=policy or "",
            days=days,
            least_days=least,
            channel=channel,
            tone=tone,
        )
