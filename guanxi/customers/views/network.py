"""The relations around a customer as a picture, and the same as a list."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from guanxi.customers.models import Customer, Relation
from guanxi.customers.models.code import tie_of
from guanxi.customers.policies import CUSTOMER
from guanxi.customers.queries.customer import bare_customer
from guanxi.customers.queries.network import (
    MOST_COUNTED,
    MOST_SHOWN,
    MOST_STEPS,
    Network,
    network_of,
    referrals_of,
)
from guanxi.customers.views.request import StaffRequest
from guanxi.foundation.actor import Actor
from guanxi.foundation.audit import record_shown
from guanxi.foundation.clock import now
from guanxi.foundation.words import Words

FEW_SHOWN, USUAL_STEPS = 12, 2
# Between bounds: the steps one can choose.
STEPS = tuple(range(1, MOST_STEPS + 1))
_SIZES = {0: 34, 1: 24}
_SMALLEST = 16


@dataclass(frozen=True)
class TieLine:
    """One relation in words, to be read without the picture."""

    source: Customer
    tie: Words
    target: Customer
    title: str


@login_required
@require_GET
def network(request: StaffRequest, pk: int) -> HttpResponse:
    """Show who is how far from a customer, as picture and list, and its referrals."""
    center = bare_customer(request.user, pk)
    chosen = request.GET.get("steps", "")
    steps = int(chosen) if chosen in map(str, STEPS) else USUAL_STEPS
    context = _shown(request, center, steps=steps, most=MOST_SHOWN)
    context |= {
        "steps": steps,
        "choices": STEPS,
        "referrals": referrals_of(request.user, center),
        "currency": settings.CURRENCY,
    }
    return render(request, "customers/network.html", context)


@login_required
@require_GET
def network_panel(request: StaffRequest, pk: int) -> HttpResponse:
    """Show the nearest relations of a customer as a small picture on its page."""
    center = bare_customer(request.user, pk)
    context = _shown(request, center, steps=USUAL_STEPS, most=FEW_SHOWN)
    return render(request, "customers/_network_panel.html", context)


def _shown(
    request: StaffRequest, center: Customer, *, steps: int, most: int
) -> dict[str, object]:
    found = network_of(request.user, center, steps=steps, most=most)
    names = {
        pk: CUSTOMER.shown(request.user, "name", one.name)
        for pk, one in found.people.items()
    }
    told = {pk: {"name": name} for pk, name in names.items()}
    record_shown(request.user, CUSTOMER, told, at=now())
    return {
        "customer": center,
        "network": found,
        "lines": _lines(found),
        "is_many": found.hidden >= MOST_COUNTED,
        "chart": _chart(request.user, found, names, is_small=most == FEW_SHOWN),
    }


def _lines(found: Network) -> Sequence[TieLine]:
    """Return every relation shown, the nearest first."""
    ties = sorted(found.ties, key=lambda tie: _distance(found, tie))
    return [
        TieLine(
            found.people[tie.source_id],
            tie_of(tie.kind).forward,
            found.people[tie.target_id],
            tie.title,
        )
        for tie in ties
    ]


def _distance(found: Network, tie: Relation) -> tuple[int, int]:
    return found.depths[tie.source_id] + found.depths[tie.target_id], tie.pk


def _chart(
    viewer: Actor, found: Network, names: Mapping[int, str], *, is_small: bool
) -> dict[str, object]:
    """Return the picture: circles for customers, arrows for what one is to the other."""
    series = {
        "type": "graph",
        "layout": "force",
        "force": {
            "layoutAnimation": False,
            "repulsion": 120 if is_small else 320,
            "edgeLength": 60 if is_small else 120,
        },
        "roam": False if is_small else "move",
        "edgeSymbol": ["none", "arrow"],
        "edgeSymbolSize": 7,
        "label": {"show": True, "position": "bottom", "fontSize": 12},
        "edgeLabel": {"show": not is_small, "formatter": "{c}", "fontSize": 11},
        "categories": [{"name": name} for name in _categories()],
        "data": [
            _node(viewer, one, found, names[pk]) for pk, one in found.people.items()
        ],
        "links": _links(found),
    }
    return {
        "tooltip": {"trigger": "item"},
        "legend": {"show": not is_small, "data": _categories()},
        "series": [series],
    }


def _links(found: Network) -> Sequence[Mapping[str, str]]:
    """Return one arrow from one to another, whatever number of relations it stands for."""
    told: dict[tuple[int, int], list[str]] = {}
    for tie in found.ties:
        words = told.setdefault((tie.source_id, tie.target_id), [])
        words.append(str(tie_of(tie.kind).forward))
    return [
        {"source": str(source), "target": str(target), "value": " · ".join(words)}
        for (source, target), words in told.items()
    ]


def _node(viewer: Actor, one: Customer, found: Network, name: str) -> dict[str, object]:
    depth = found.depths[one.pk]
    kind = 0 if depth == 0 else 1 if not one.is_person else 2
    return {
        "id": str(one.pk),
        "name": name,
        "category": kind,
        "symbolSize": _SIZES.get(depth, _SMALLEST),
        "url": reverse("customers:customer", args=[one.pk]) if depth else "",
    }


def _categories() -> Sequence[str]:
    return [_("This customer"), _("Organizations"), _("Persons")]
