"""Say what is to be done with the customers in a cell of a matrix."""

from datetime import datetime

from django.utils.translation import gettext as _

from guanxi.analytics.events import StrategyWritten
from guanxi.analytics.matrices import CELLS
from guanxi.analytics.models import CellStrategy
from guanxi.foundation.actor import Actor
from guanxi.foundation.commands import command
from guanxi.foundation.errors import NotVisible, Refused
from guanxi.foundation.events import publish

LONGEST = 1_000


class BadStrategy(Refused):
    """A strategy that cannot be kept."""

    code = "bad_strategy"


@command(needs="analysis.configure")
def write_strategy(
    by: Actor, *, matrix: str, cell: str, text: str, at: datetime
) -> None:
    """
    Keep the strategy of a cell; an empty one lets that of the product come back.

    :raises NotVisible: if there is no such cell.
    :raises BadStrategy: if it is too long.
    """
    if cell not in CELLS.get(matrix, {}):
        raise NotVisible
    plain = text.strip()
    if len(plain) > LONGEST:
        told = _("At most %(most)s characters.") % {"most": LONGEST}
        raise BadStrategy(told, field="text")
    kept = CellStrategy.objects.filter(matrix=matrix, cell=cell)
    if plain:
        CellStrategy.objects.update_or_create(
            matrix=matrix, cell=cell, defaults={"text": plain, "changed_at": at}
        )
    else:
        kept.delete()
    publish(StrategyWritten(matrix=matrix, cell=cell, text=plain, at=at))
