"""The retention-risk card: four inputs about one customer, and what they say together."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.conf import settings
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from guanxi.customers.models import Customer
from guanxi.customers.policies import CUSTOMER
from guanxi.customers.queries.bond import may_read_bonds
from guanxi.customers.queries.handling import treatments_of
from guanxi.customers.rules import STAGE_TONES, LifeStage
from guanxi.customers.rules.bond import (
    BAND_TONES,
    Retention,
    Thresholds,
    band_of,
    retention_of,
    shown_score,
)
from guanxi.foundation import figures
from guanxi.foundation.actor import Actor
from guanxi.foundation.words import Words

RETENTION_TONES: Mapping[str, str] = {
    Retention.LOYAL: "green",
    Retention.WILLING: "green",
    Retention.CAPTIVE: "amber",
    Retention.FREE: "red",
}
_SAYS: Mapping[str, Words] = {
    Retention.LOYAL: _("Stays of its own accord, and has reasons not to leave."),
    Retention.WILLING: _(
        "Stays of its own accord, but nothing holds it: keep it satisfied."
    ),
    Retention.CAPTIVE: _(
        "Stays because leaving is costly. Satisfy it before the barrier falls."
    ),
    Retention.FREE: _("Nothing holds it. Talk to it now, before it leaves."),
}
_STAGE_SAYS: Mapping[str, Words] = {
    LifeStage.EXPLORATION: _("Still trying us out: the first impressions decide."),
    LifeStage.FORMATION: _("Growing: build trust and habits."),
    LifeStage.STABLE: _("Settled: reliability keeps it."),
    LifeStage.DECLINE: _("Fading: find out why, and win it back."),
}


@dataclass(frozen=True)
class Input:
    """One of the four inputs: its value, its tone, and what it says; empty if unknown."""

    label: Words
    value: str
    tone: str
    says: Words


@dataclass(frozen=True)
class RiskCard:
    """What keeps a customer; ``retention`` is empty while that is not known."""

    inputs: Sequence[Input]
    retention: str
    tone: str
    says: Words


def risk_card(viewer: Actor, customer: Customer) -> RiskCard:
    """Return the card of ``customer`` with what ``viewer`` may read; no query."""
    inputs = [_character(viewer, customer)]
    traits, kept = customer.traits, None
    if may_read_bonds(viewer):
        inputs += [_satisfaction(customer), _switching(customer)]
        if traits.satisfaction is not None and traits.lock_in is not None:
            kept = retention_of(traits.satisfaction, traits.lock_in, Thresholds())
    if "life_stage" in CUSTOMER.readable(viewer):
        inputs.append(_stage(traits.life_stage))
    if kept is None:
        return RiskCard(inputs, "", "gray", "")
    return RiskCard(inputs, str(kept.label), RETENTION_TONES[kept], _SAYS[kept])


def _character(viewer: Actor, customer: Customer) -> Input:
    told = list(treatments_of(viewer, customer))
    chosen = next((one for one in told if one.label.en == "Personality type"), None)
    one = chosen or next(iter(told), None)
    label = _("Character")
    if one is None:
        return Input(label, "", "gray", _("Set its kind to read how to treat it."))
    return Input(label, one.value, "blue", str(one.handling.tip))


def _satisfaction(customer: Customer) -> Input:
    score, label = customer.traits.satisfaction, pgettext_lazy("bond", "Satisfaction")
    if score is None:
        return Input(label, "", "gray", _("Ask the customer."))
    band = band_of(score)
    return Input(label, f"{shown_score(score)} / 10", BAND_TONES[band], band.label)


def _switching(customer: Customer) -> Input:
    traits, label = customer.traits, _("Switching cost")
    parts = []
    if traits.lock_in is not None:
        parts.append(f"{shown_score(traits.lock_in)} / 70")
    if traits.switching_cost is not None:
        parts.append(figures.amount(traits.switching_cost, settings.CURRENCY))
    if not parts:
        return Input(label, "", "gray", _("Score the seven factors."))
    if traits.lock_in is None:
        return Input(label, parts[0], "gray", _("Score the seven factors."))
    is_bound = traits.lock_in >= Thresholds().lock_in
    says = _("Leaving would be costly.") if is_bound else _("Leaving is easy.")
    return Input(label, " · ".join(parts), "green" if is_bound else "amber", says)


def _stage(stage: str) -> Input:
    label = _("Life-cycle stage")
    if stage not in LifeStage.values:
        return Input(label, "", "gray", _("Not analyzed yet."))
    return Input(
        label,
        str(LifeStage(stage).label),
        STAGE_TONES.get(stage, "gray"),
        _STAGE_SAYS[stage],
    )
