"""Questions about imports."""

from collections.abc import Sequence

from django.db.models import QuerySet

from guanxi.foundation.actor import Actor
from guanxi.foundation.errors import NotVisible
from guanxi.foundation.imports.kinds import ImportKind
from guanxi.foundation.imports.policies import IMPORT_RUN
from guanxi.foundation.models import ImportMap, ImportRun
from guanxi.foundation.rooms import allowed, collected


def import_runs(viewer: Actor) -> "QuerySet[ImportRun]":
    """Return the runs ``viewer`` may see, the latest first."""
    rows = ImportRun.objects.filter(IMPORT_RUN.visible(viewer))
    return rows.select_related("owner").order_by("-pk")


def import_run(viewer: Actor, pk: int) -> ImportRun:
    """
    Return one run.

    :raises NotVisible: if there is none for ``viewer``.
    """
    found = import_runs(viewer).filter(pk=pk).first()
    if found is None:
        raise NotVisible
    return found


def kinds_for(viewer: Actor) -> Sequence[ImportKind]:
    """Return the kinds of files ``viewer`` may import."""
    return [kind for kind in collected("imports") if allowed(viewer, kind.needs)]


def import_maps(viewer: Actor, kind: str) -> "QuerySet[ImportMap]":
    """Return the mappings ``viewer`` keeps for files of ``kind``, by name."""
    return ImportMap.objects.filter(owner_id=viewer.actor_id, kind=kind).order_by(
        "name"
    )
