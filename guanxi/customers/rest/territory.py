"""Territories for programs: /api/v1/territories."""

from typing import TYPE_CHECKING, Annotated, Any, TypeVar

from django.db.models import Model, QuerySet
from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from ninja import Router
from pydantic import Field

from guanxi.customers.commands.territory import (
    TerritoryPlan,
    delete_territory,
    place_customers,
    save_territory,
)
from guanxi.customers.models import Territory
from guanxi.customers.queries.customer import codes, customers
from guanxi.customers.queries.territory import (
    members_of,
    rule_preview,
    sizes_of,
    territories,
    territory,
)
from guanxi.customers.rules import KIND_SCHEME
from guanxi.customers.rules.territory import MOST_WORDS, TerritoryRule
from guanxi.foundation.actor import Actor
from guanxi.foundation.clock import now
from guanxi.foundation.policies import require
from guanxi.foundation.rest.call import Call, answer, made, nothing
from guanxi.foundation.rest.problems import BadInput, Wrong
from guanxi.foundation.rest.records import Input, Record
from guanxi.identity.queries import assignable_users, teams

if TYPE_CHECKING:
    from collections.abc import Sequence

router = Router(tags=["customers"])
M = TypeVar("M", bound=Model)
MOST_PLACED = 1000
Names = Annotated[list[str], Field(max_length=MOST_WORDS)]
Numbers = Annotated[list[int], Field(max_length=MOST_WORDS)]


class TerritoryRecord(Record):
    """A territory: whom it belongs to, its rule, and how many customers lie in it."""

    id: int
    name: str
    parent: int | None
    provinces: list[str]
    cities: list[str]
    industries: list[str]
    kinds: list[int]
    users: list[int]
    teams: list[int]
    customers: int
    is_filled: bool = Field(description="False while a job sorts customers in.")


class TerritoriesRecord(Record):
    """All territories, each behind the one it lies in."""

    items: list[TerritoryRecord]


class RuleInput(Input):
    """Customers that fit each list that is not empty; ``kinds`` are numbers of codes."""

    provinces: Names = []
    cities: Names = []
    industries: Names = []
    kinds: Numbers = []


class TerritoryInput(RuleInput):
    """What a territory is to be."""

    name: str = Field(min_length=1, max_length=80)
    parent: int | None = None
    users: Numbers = []
    teams: Numbers = []


class FitRecord(Record):
    """How many customers that you see fit a rule."""

    customers: int


class PlacingInput(Input):
    """Customers to be put in by hand, and such to be taken out again."""

    customers: list[int] = Field(default=[], max_length=MOST_PLACED)
    removed: list[int] = Field(default=[], max_length=MOST_PLACED)


@router.get(
    "/territories",
    response=TerritoriesRecord,
    summary=gettext_noop("List the territories"),
)
def list_territories(request: Call) -> HttpResponse:
    """List all territories with their rules and sizes."""
    require(request.auth, "territory.read")
    return answer({"items": _records(request.auth, list(territories(request.auth)))})


@router.post(
    "/territories",
    response={201: TerritoryRecord},
    summary=gettext_noop("Draw a territory"),
)
def post_territory(request: Call, body: TerritoryInput) -> HttpResponse:
    """Draw a new territory; a job sorts the customers in."""
    require(request.auth, "territory.edit")
    plan = _plan(request.auth, body)
    new = save_territory(request.auth, Territory(), plan=plan, at=now())
    return made(_records(request.auth, [new])[0], f"/api/v1/territories/{new.pk}")


@router.put(
    "/territories/{int:pk}",
    response=TerritoryRecord,
    summary=gettext_noop("Draw a territory anew"),
)
def put_territory(request: Call, pk: int, body: TerritoryInput) -> HttpResponse:
    """Replace name, place, rule and members; a job sorts the customers in and out."""
    found = territory(request.auth, pk)
    require(request.auth, "territory.edit", found)
    plan = _plan(request.auth, body)
    save_territory(request.auth, found, plan=plan, at=now())
    return answer(_records(request.auth, [found])[0])


@router.delete(
    "/territories/{int:pk}",
    response={204: None},
    summary=gettext_noop("Delete a territory"),
)
def delete_one_territory(request: Call, pk: int) -> HttpResponse:
    """Delete a territory in which no other lies."""
    delete_territory(request.auth, territory(request.auth, pk), at=now())
    return nothing()


@router.post(
    "/territories/preview",
    response=FitRecord,
    summary=gettext_noop("Preview the rule of a territory"),
)
def post_territory_preview(request: Call, body: RuleInput) -> HttpResponse:
    """Tell how many customers that you see fit a rule. Nothing changes."""
    require(request.auth, "territory.edit")
    return answer({"customers": rule_preview(request.auth, _rule(body)).customers})


@router.post(
    "/territories/{int:pk}/customers",
    response=TerritoryRecord,
    summary=gettext_noop("Place customers in a territory by hand"),
)
def post_territory_customers(
    request: Call, pk: int, body: PlacingInput
) -> HttpResponse:
    """Put customers in whatever the rule says, or leave them to it again."""
    found = territory(request.auth, pk)
    require(request.auth, "territory.edit", found)
    seen = customers(request.auth)
    place_customers(
        request.auth,
        found,
        _named(seen, "customers", body.customers),
        _named(seen, "removed", body.removed),
        at=now(),
    )
    return answer(_records(request.auth, [found])[0])


def _rule(body: RuleInput) -> TerritoryRule:
    return TerritoryRule(body.provinces, body.cities, body.industries, body.kinds)


def _plan(viewer: Actor, body: TerritoryInput) -> TerritoryPlan:
    _named(codes(KIND_SCHEME), "kinds", body.kinds)
    wanted = [] if body.parent is None else [body.parent]
    parents = _named(territories(viewer), "parent", wanted)
    return TerritoryPlan(
        name=body.name,
        parent=parents[0] if parents else None,
        rule=_rule(body),
        users=_named(assignable_users(viewer), "users", body.users),
        teams=_named(teams(viewer), "teams", body.teams),
    )


def _named(rows: "QuerySet[M]", field: str, pks: "Sequence[int]") -> list[M]:
    """Return the rows with these numbers; one that is not there is told."""
    found = rows.order_by().in_bulk(pks) if pks else {}
    if len(found) < len(set(pks)):
        raise BadInput([Wrong(field, _("There is no such record."))])
    return [found[pk] for pk in dict.fromkeys(pks)]


def _records(viewer: Actor, found: "Sequence[Territory]") -> list[dict[str, Any]]:
    sizes = sizes_of(viewer, [one.pk for one in found])
    members = members_of(found)
    return [
        {
            "id": one.pk,
            "name": one.name,
            "parent": one.parent_id,
            "provinces": one.provinces,
            "cities": one.cities,
            "industries": one.industries,
            "kinds": one.kinds,
            "users": [m.user_id for m in members[one.pk] if m.user_id],
            "teams": [m.team_id for m in members[one.pk] if m.team_id],
            "customers": sizes.get(one.pk, 0),
            "is_filled": one.filled_at is not None,
        }
        for one in found
    ]
