"""What makes customers want to buy again: the retention value model, told to a manager."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import pgettext, pgettext_lazy
from django.views.decorators.http import require_GET

from guanxi.analytics.bonds import require_bonds
from guanxi.analytics.retention_value import DETERMINANTS, INTENTION, Learned, learn
from guanxi.analytics.views.bond import bond_tabs
from guanxi.foundation.figures import grouped
from guanxi.foundation.viewer import StaffRequest

if TYPE_CHECKING:
    from guanxi.analytics.science.retention_value import Effect, RetentionValue

NAMES = {
    "satisfaction": pgettext_lazy("bond", "Satisfaction"),
    "perceived_value": pgettext_lazy("bond", "Perceived value"),
    "moving_cost": pgettext_lazy("bond", "Switching cost"),
    INTENTION: pgettext_lazy("bond", "Intention to buy again"),
}


@login_required
@require_GET
def retention_value(request: StaffRequest) -> HttpResponse:
    """Show what one point more of each determinant does to the intention to buy again."""
    from guanxi.analytics.science.retention_value import (  # noqa: PLC0415 -- loads the engines
        COLLINEAR,
        LEAST,
    )

    require_bonds(request.user)
    found = learn(request.user)
    context: dict[str, Any] = {
        "tabs": bond_tabs("retention_value"),
        "n": grouped(found.n),
        "least": LEAST,
        "collinear": f"{COLLINEAR:g}",
        "lacking": NAMES.get(found.lacks, ""),
        "model": found.model,
    }
    if found.model:
        context |= _told(found, found.model)
    return render(request, "analytics/retention_value.html", context)


def _told(found: Learned, model: "RetentionValue") -> dict[str, Any]:
    effects = list(zip(DETERMINANTS, model.effects, strict=True))
    strongest, best = max(effects, key=lambda pair: pair[1].weight)
    return {
        "strongest": NAMES[strongest] if best.is_clear and best.weight > 0 else "",
        "sentences": [_sentence(name, effect) for name, effect in effects],
        "r2": f"{100 * model.r2:.0f}%",
        "spread": f"{model.spread:.1f}",
        "effects": [
            {
                "name": NAMES[name],
                "value": f"{effect.value:+.2f}",
                "interval": f"{effect.low:+.2f} … {effect.high:+.2f}",
                "weight": f"{effect.weight:+.2f}",
                "p": "< 0.001" if effect.p < 0.001 else f"{effect.p:.3f}",
                "inflation": f"{effect.inflation:.1f}",
            }
            for name, effect in effects
        ],
        "chart": _chart(effects),
    }


def _sentence(name: str, effect: "Effect") -> str:
    """Return in words what one point more does."""
    words = {"name": NAMES[name], "value": f"{abs(effect.value):.2f}"}
    if not effect.is_clear:
        return (
            _("%(name)s: no clear effect beside the others; it may be chance.") % words
        )
    if effect.value < 0:
        told = _("%(name)s: one point more goes with %(value)s points less intention.")
        return told % words
    told = _("%(name)s: one point more goes with %(value)s points more intention.")
    return told % words


def _chart(effects: "Sequence[tuple[str, Effect]]") -> dict[str, Any]:
    """Return the effects as bars with the bounds of their intervals."""
    names = [str(NAMES[name]) for name, _effect in effects]
    return {
        "title": _("Points more intention for one point more, the others held"),
        "option": {
            "legend": {"top": 0, "left": 0},
            "xAxis": {"type": "category", "data": names},
            "yAxis": {"type": "value"},
            "series": [
                {
                    "type": "bar",
                    "name": pgettext("model", "Effect"),
                    "barMaxWidth": 72,
                    "data": [round(effect.value, 3) for _name, effect in effects],
                },
                *(
                    {
                        "type": "scatter",
                        "name": label,
                        "symbol": "rect",
                        "symbolSize": [36, 3],
                        "data": [
                            round(getattr(effect, bound), 3)
                            for _name, effect in effects
                        ],
                    }
                    for bound, label in (
                        ("low", _("Lower bound")),
                        ("high", _("Upper bound")),
                    )
                ),
            ],
        },
        "heads": [
            _("Determinant"),
            pgettext("model", "Effect"),
            _("Lower bound"),
            _("Upper bound"),
        ],
        "rows": [
            [
                name,
                *(f"{getattr(effect, part):+.2f}" for part in ("value", "low", "high")),
            ]
            for name, (_key, effect) in zip(names, effects, strict=True)
        ],
    }
