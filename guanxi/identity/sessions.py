"""Where sessions are kept: Django's table, read by a query that is compiled once."""

from datetime import datetime
from typing import Any

from django.contrib.sessions.backends import db
from django.contrib.sessions.base_session import AbstractBaseSession
from django.db.models import QuerySet

from guanxi.foundation.clock import now
from guanxi.foundation.compiled import Kept, asked

_kept: Kept = {}


class SessionStore(db.SessionStore):
    """Django's own; every request reads its session first."""

    def _get_session_from_db(self) -> Any:
        found = asked(_kept, (), self._living, session=self.session_key, at=now())
        # Where there is none, Django tells so in its own way.
        return found[0] if found else super()._get_session_from_db()  # type: ignore[misc]  # -- not in the stubs

    def _living(self, session: str, at: datetime) -> "QuerySet[AbstractBaseSession]":
        return self.model.objects.filter(session_key=session, expire_date__gt=at)
