"""
The register of processing: what is kept for what, of whom, and who gets it.

PIPL 55 and 56, GDPR 30. All of it follows from what the house does: the policies of the
fields, the roles, the retention schedule, and what each room says it sends out.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from django.core.exceptions import FieldDoesNotExist
from django.utils.translation import gettext as _

from guanxi.customers.policies import CUSTOMER, is_revealable
from guanxi.customers.queries.retention import Rule, retention_rules
from guanxi.customers.rules.purpose import CUSTOMERS, IMPORTING
from guanxi.foundation.actor import Actor, Level
from guanxi.foundation.policies import Policy, Privacy, all_policies, models_of
from guanxi.foundation.purposes import Purpose, Recipient
from guanxi.foundation.rooms import allowed, collected
from guanxi.foundation.sealing.field import SealedField
from guanxi.identity.queries.oversight import reading_roles


@dataclass(frozen=True)
class Kept:
    """One field that is kept for a purpose; the roles that read it clear and covered."""

    policy: Policy
    name: str
    clear: Sequence[str]
    covered: Sequence[str]

    @property
    def key(self) -> str:
        """Its name with that of its kind: ``"customer.phone"``."""
        return self.policy.permission(self.name)

    @property
    def label(self) -> str:
        """What people call it."""
        return str(self.policy.fields[self.name].label)

    @property
    def privacy(self) -> Privacy:
        """How much it tells about a person."""
        return self.policy.fields[self.name].privacy

    @property
    def guards(self) -> Sequence[str]:
        """What protects it beyond rights, in words."""
        found = []
        if _is_sealed(self.policy, self.name):
            found.append(_("encrypted"))
        if self.policy is CUSTOMER and is_revealable(self.name):
            found.append(_("covered values shown for a reason only"))
        if self.privacy is not Privacy.NONE:
            found.append(_("views and exports logged"))
        return found


@dataclass(frozen=True)
class Activity:
    """What is done for one purpose."""

    purpose: Purpose
    fields: Sequence[Kept]
    rules: Sequence[Rule]
    recipients: Sequence[Recipient]


def activities(viewer: Actor, *, at: datetime) -> Sequence[Activity]:
    """Return what personal data are kept for, purpose by purpose."""
    readers = reading_roles(viewer)
    rules = retention_rules() if allowed(viewer, "retention.read") else ()
    out = [one for source in collected("recipients") for one in source(viewer, at)]
    return [
        Activity(
            purpose,
            kept := [
                _kept(policy, name, readers(policy, name)) for policy, name in fields
            ],
            [rule for rule in rules if rule.shipped.purpose == purpose],
            list(_reaching(out, {one.key for one in kept})),
        )
        for purpose, fields in _by_purpose().items()
    ]


def narrowed(
    found: Iterable[Activity], *, purpose: str, kind: str, privacy: str
) -> Sequence[Activity]:
    """Return of ``found`` what fits; whatever is empty is not asked for."""
    fitting = [one for one in found if purpose in ("", one.purpose.key)]
    if not kind and not privacy:
        return fitting
    cut = [
        replace(
            one,
            fields=[
                field
                for field in one.fields
                if kind in ("", field.policy.kind) and privacy in ("", field.privacy)
            ],
        )
        for one in fitting
    ]
    return [one for one in cut if one.fields]


def _by_purpose() -> Mapping[Purpose, Sequence[tuple[Policy, str]]]:
    """
    Return the fields by what they are kept for, those of customers first.

    Imports keep files without fields.
    """
    found: dict[Purpose, list[tuple[Policy, str]]] = {}
    for policy in all_policies():
        for name in policy.fields:
            for purpose in policy.purposes_of(name):
                found.setdefault(purpose, []).append((policy, name))
    found.setdefault(IMPORTING, [])
    first = sorted(found, key=lambda purpose: purpose.people is not CUSTOMERS)
    return {purpose: found[purpose] for purpose in first}


def _kept(policy: Policy, name: str, levels: Sequence[tuple[str, Level]]) -> Kept:
    return Kept(
        policy,
        name,
        [label for label, level in levels if level >= Level.READ],
        [label for label, level in levels if level is Level.MASKED],
    )


def _reaching(out: Iterable[Recipient], keys: set[str]) -> Iterator[Recipient]:
    """Yield who gets some of the fields, and of those alone."""
    for one in out:
        if gets := keys.intersection(one.gets):
            yield replace(one, gets=gets)


def _is_sealed(policy: Policy, name: str) -> bool:
    for model in models_of(policy.kind):
        try:
            if isinstance(model._meta.get_field(name), SealedField):
                return True
        except FieldDoesNotExist:
            continue
    return False
