"""Keep what was explored, to look at it again."""

from datetime import datetime

from guanxi.foundation.actor import Actor
from guanxi.foundation.commands import command
from guanxi.foundation.models import SavedView
from guanxi.foundation.tables.saved import keep_view

PAGE = "explorer"
"""The key under which saved views of the explorer are kept."""


@command(needs="analysis.read")
def save_exploration(
    by: Actor, *, name: str, query: str, is_shared: bool, at: datetime
) -> SavedView:
    """
    Keep ``query`` (the address of an exploration) under ``name``; the same name replaces it.

    A shared one shows everybody his own figures: it never widens what one may see.

    :raises BadView: without a name, or for sharing without the right to it.
    """
    return keep_view(by, PAGE, name=name, query=query, is_shared=is_shared, at=at)
