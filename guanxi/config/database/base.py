"""The backend that ``ENGINE`` names; Django wants it in a module of this name."""

import select

from django.db.backends.postgresql import base


class DatabaseWrapper(base.DatabaseWrapper):
    """Django's own; it asks an idle connection only when there is something to hear."""

    def is_usable(self) -> bool:
        """
        Tell whether the connection still works.

        A server says nothing while nobody asks, until it takes leave or dies: then its
        end of the socket is closed, which shows as something to read. So a silent
        connection is a good one, and no request pays for a question of its own.
        """
        if self.connection is None or self.connection.closed:
            return False
        heard = select.poll()
        heard.register(self.connection.fileno(), select.POLLIN)
        return not heard.poll(0) or super().is_usable()
