"""What the demo company says about how to speak to customers of some segments."""

from datetime import datetime

from guanxi.customers.commands.handling import (
    set_group_handling,
    ship_tier_handlings,
)
from guanxi.customers.models import Segment
from guanxi.customers.rules.consent import ContactChannel
from guanxi.customers.rules.handling import ContactPolicy, Tone
from guanxi.foundation.actor import System


def write_contact_policies(by: System, *, at: datetime) -> None:
    """Say how tiers and two segments are spoken to; segments that are there alone."""
    ship_tier_handlings(by)
    found = {row.key: row for row in Segment.objects.filter(deleted_at=None)}
    if lost := found.get("lost"):
        set_group_handling(
            by,
            lost,
            at=at,
            tip_zh="先道歉、再倾听：问清楚离开的原因，不急着推销；有改进了再告诉他。",
            tip_en="Apologize, then listen: ask why they left before offering anything.",
            policy="",
            least_days=90,
            channel=ContactChannel.PHONE,
            tone=Tone.RESPECTFUL,
        )
    if fresh := found.get("new"):
        set_group_handling(
            by,
            fresh,
            at=at,
            tip_zh="首单后一周内问一次使用情况，教他怎么用、有问题找谁。",
            tip_en="Ask within a week of the first order how it works, and whom to turn to.",
            policy=ContactPolicy.FOLLOW_UP,
            days=7,
            least_days=7,
            channel=ContactChannel.WECHAT,
            tone=Tone.WARM,
        )
