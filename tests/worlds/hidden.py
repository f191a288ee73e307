"""
Changes all that somebody may not see, and nothing that he may.

Rows first: every model is gone through, so a new one takes part by itself. A record is
out of sight if the policy of its kind says so, or if what it hangs on is. Those rows get
other values, some go, and new ones come. Then fields: see ``fields``.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from typing import Any, cast

from django.apps import apps
from django.db import DataError, IntegrityError, connection, transaction
from django.db.models import ForeignKey, Model, Q, QuerySet

from guanxi.actions.models import ActionMessage, Task
from guanxi.analytics.models import Dashboard
from guanxi.customers.models import Customer, DuplicatePair
from guanxi.foundation.models import Access, LoggedEvent, SavedView, StoredFile
from guanxi.foundation.policies import NOBODY, all_policies, models_of, policy_of
from guanxi.foundation.sealing.field import SealedField
from guanxi.identity.models import User
from guanxi.sales.models import Order
from tests.worlds.answers import number_from
from tests.worlds.fields import change_fields
from tests.worlds.scene import Asker, Book, Scene, fill
from tests.worlds.scrambling import is_free, scrambled
from tests.worlds.ties import change_ties

_RIGHTS = "are the rights of others, or one's own"
_SIGN_IN = "belongs to signing in"
_EVERYWHERE = "are words that stand on pages of everybody"
_TIES = "are varied where the asker may not know of them: see ``ties``"
_BINDING = "bind everybody, who is told so"
_WAYS = "say how the house works, and what it does next"
# What is left as it is of records out of sight, and why; ``*`` stands for all of them.
KEPT: Mapping[str, Mapping[str, str]] = {
    "identity.User": {
        "name": "stands wherever somebody owns or did something",
        "sort_name": "goes with the name",
        **dict.fromkeys(("username", "password", "has_keys"), _SIGN_IN),
        **dict.fromkeys(("epoch", "is_active", "must_change_password"), _SIGN_IN),
    },
    "identity.Team": {"*": "stand wherever a team owns something"},
    "identity.Role": {
        "name": "one's own stands on one's own page",
        **dict.fromkeys(("key", "depths", "levels", "is_everything"), _RIGHTS),
    },
    "identity.Token": {
        **dict.fromkeys(("scopes", "expires_at", "revoked_at"), _RIGHTS),
        **dict.fromkeys(("digest", "prefix"), _SIGN_IN),
    },
    "foundation.SpecialDay": {"*": _BINDING},
    "identity.Duty": {"*": _BINDING},
    "identity.DutyVersion": {"*": _BINDING},
    "identity.Fulfilment": {"*": _BINDING},
    "customers.CustomerShare": {"*": _TIES},
    "customers.CustomerWall": {"*": _TIES},
    "customers.TerritoryMember": {"*": _TIES},
    "customers.CustomField": {"*": _EVERYWHERE},
    "customers.FieldGroup": {"*": _EVERYWHERE},
    "customers.Code": {"*": _EVERYWHERE},
    "customers.ConsentText": {"*": _EVERYWHERE},
    "customers.Tag": {"*": _EVERYWHERE},
    "customers.Merge": {"journal": "is carried out, not read"},
    "customers.Handover": {"takers": "are the numbers of people, not words"},
    "customers.Segment": {"definition": "is carried out, not read"},
    "customers.CreditSetting": {"*": _WAYS},
    "customers.DataSet": {"*": _WAYS},
    "foundation.StoredFile": {
        "kind": "says what the record is",
        **dict.fromkeys(("token", "digest"), "find the content"),
    },
    "analytics.Dashboard": {"is_shared": "says who sees it"},
    "foundation.SavedView": {"is_shared": "says who sees it"},
    "sales.Pipeline": {"*": _EVERYWHERE},
    "sales.Stage": {"*": _EVERYWHERE},
    "sales.LeadTerms": {"*": _EVERYWHERE},
    "sales.LeadRule": {"*": _EVERYWHERE},
    "sales.CommissionPlan": {"*": _EVERYWHERE},
    "sales.PlanMember": {"*": _EVERYWHERE},
    "foundation.Arrangement": {"*": _WAYS},
    "foundation.LoggedEvent": {"name": "says how the rest is read"},
    "actions.DetectorRule": {"*": _WAYS},
    "analytics.AnalysisSetting": {"*": _WAYS},
    "sales.OrderSeries": {"*": "counts the orders of a day for their numbers"},
}
# What a record in sight tells of the customer it belongs to.
NAMES = ("name", "sort_name", "match_name", "search")
# Records that are in sight only where all that they tie together is.
TIES: Mapping[type[Model], tuple[str, ...]] = {DuplicatePair: ("one", "other")}
EVERY = 3
HIDDEN_FROM = 4_000_000


def change_hidden(scene: Scene, asker: Asker) -> None:
    """Make of the world another one, which ``asker`` cannot tell from it."""
    is_partly_blind = hidden_rows(asker, Customer).exists()
    named = _named(asker)
    with _without_triggers():
        for model in every_model():
            for number, row in enumerate(hidden_rows(asker, model).order_by("pk")):
                is_named = model is Customer and row.pk in named
                if is_named or number % EVERY or not _take_away(row):
                    _scramble(row, is_named=is_named)
        change_fields(asker)
        change_ties(asker)
    if is_partly_blind:
        number_from(HIDDEN_FROM)
        # Records like those he sees, of somebody whose records he does not see.
        fill(Book(scene.world, scene.world.stranger), scene.world)
        _leave_no_log(asker)


def _leave_no_log(asker: Asker) -> None:
    """Let who reads the logs read nothing of what came: there it would be in sight."""
    if _hidden_logs(asker, Access) == NOBODY:
        with _without_triggers():
            for model in (LoggedEvent, Access):
                model._base_manager.filter(pk__gte=HIDDEN_FROM).delete()


@contextmanager
def _without_triggers() -> Iterator[None]:
    """Let ledgers be written anew that are only ever added to: this is another world."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        yield
        cursor.execute("SET LOCAL session_replication_role = origin")


def hidden_rows(asker: Asker, model: type[Model]) -> "QuerySet[Any]":
    """Return the rows of ``model`` that ``asker`` may not see."""
    return model._base_manager.filter(_hidden(asker, model))


@cache
def every_model() -> tuple[type[Model], ...]:
    """Return every model of the house whose rows may be out of sight."""
    return tuple(
        model
        for model in apps.get_models()
        if _is_ours(model) and "*" not in KEPT.get(model._meta.label, {})
    )


def _hidden(asker: Asker, model: type[Model]) -> Q:
    if model in (LoggedEvent, Access):
        return _hidden_logs(asker, model)
    if model in (SavedView, Dashboard):
        return Q(is_shared=False) & ~Q(owner=asker.actor.actor_id)
    if kind := kinds().get(model):
        visible = policy_of(kind).visible(asker.actor)
        return (~visible if visible else NOBODY) | _tied(
            asker, model, TIES.get(model, ())
        )
    return _tied(asker, model)


def _tied(asker: Asker, model: type[Model], names: tuple[str, ...] | None = None) -> Q:
    """Return the condition that a row hangs on what is out of sight."""
    hidden = NOBODY
    field: Any
    for field in model._meta.concrete_fields:
        if not isinstance(field, ForeignKey) or not _is_ours(field.related_model):
            continue
        if names is not None and field.name not in names:
            continue
        if field.related_model is not User:
            related = cast("type[Model]", field.related_model)
            beyond = hidden_rows(asker, related).values("pk")
            hidden |= Q(**{f"{field.name}__in": beyond})
        elif field.name in {"user", "owner"}:
            hidden |= ~Q(**{field.name: asker.actor.actor_id})
    if model is StoredFile:
        for one, kind in kinds().items():
            if one._meta.pk.name == "id":
                beyond = hidden_rows(asker, one).values("pk")
                hidden |= Q(kind=kind, record_id__in=beyond)
    return hidden


def _hidden_logs(asker: Asker, model: type[Model]) -> Q:
    """Logs are the auditor's; what happened to a record is told to who sees it."""
    if policy_of("audit").visible(asker.actor) != NOBODY:
        return NOBODY
    told = NOBODY
    if model is LoggedEvent:
        for one, kind in kinds().items():
            if one._meta.pk.name == "id":
                seen = one._base_manager.exclude(_hidden(asker, one)).values("pk")
                told |= Q(kind=kind, subject_id__in=seen)
    return ~told


@cache
def kinds() -> Mapping[type[Model], str]:
    """Return the kind of each model that a policy speaks of, but for the logs."""
    every = {m: p.kind for p in all_policies() for m in models_of(p.kind)}
    return {m: kind for m, kind in every.items() if m not in (LoggedEvent, Access)}


def _is_ours(model: Any) -> bool:
    return str(model.__module__).startswith("guanxi.")


def _named(asker: Asker) -> set[int]:
    """Return the customers whose names stand on records that ``asker`` sees."""
    found: set[int] = set()
    for model in (Order, ActionMessage, Task):
        seen = model._base_manager.exclude(_hidden(asker, model))
        found |= set(seen.values_list("customer_id", flat=True))
    return found


def _scramble(row: Model, *, is_named: bool) -> None:
    """Give ``row`` other values wherever the database allows them."""
    kept = {*KEPT.get(row._meta.label, {}), *(NAMES if is_named else ())}
    others = {}
    for field in row._meta.concrete_fields:
        value = getattr(row, field.attname)
        if isinstance(field, SealedField):
            setattr(row, field.attname, scrambled(value))
            row.save(update_fields=[field.name, field.index])
        elif is_free(field) and field.name not in kept:
            others[field.name] = scrambled(value)
    if not others or _is_set(row, others):
        return
    for name, value in others.items():
        _is_set(row, {name: value})


def _is_set(row: Model, values: Mapping[str, object]) -> bool:
    """Write ``values`` unless a constraint forbids them: then there is no such world."""
    try:
        with transaction.atomic():
            type(row)._base_manager.filter(pk=row.pk).update(**values)
    except (IntegrityError, DataError):
        return False
    return True


def _take_away(row: Model) -> bool:
    """Delete ``row`` if nothing else needs it, and say so."""
    if row._meta.label in KEPT:
        return False
    try:
        with transaction.atomic():
            row.delete()
    except IntegrityError:
        return False
    return True
