"""
What is closed to whoever owes something: the fields that tell about customers.

It is worked out with the rights, so that no page, list, file or program has to ask.
"""

from collections.abc import Sequence
from dataclasses import replace

from guanxi.foundation.actor import Grants
from guanxi.foundation.arranged import arranged
from guanxi.foundation.policies import Policy, Privacy, all_policies
from guanxi.identity.rules.duty import Gate, Owed, Standing

# Colleagues are no customers.
OURS = "user"
CLOSED_ACTIONS = ("reveal", "export")


def gated(grants: Grants, duties: Sequence[Owed]) -> Grants:
    """Return what is left of ``grants`` to somebody with these ``duties``."""
    if not any(is_blocking(one) for one in duties):
        return grants
    covered, shut = _closed()
    return replace(grants, covered=covered, shut=shut, worked_out={})


def is_blocking(one: Owed) -> bool:
    """Tell whether a duty closes protected data to who owes it."""
    return one.standing is Standing.OVERDUE and one.asked.gate is Gate.BLOCK


@arranged
def _closed() -> tuple[frozenset[str], frozenset[str]]:
    """Return the fields that are covered and the permissions that are refused."""
    fields, actions = set[str](), set[str]()
    for policy in all_policies():
        if policy.kind != OURS and (names := _protected(policy)):
            fields |= {f"{policy.kind}.{name}" for name in names}
            actions |= {
                policy.permission(action)
                for action in CLOSED_ACTIONS
                if action in policy.actions
            }
    return frozenset(fields), frozenset(actions)


def _protected(policy: Policy) -> list[str]:
    return [n for n, f in policy.fields.items() if f.privacy is not Privacy.NONE]
