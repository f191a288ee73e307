"""Under which system account the database server runs: never under root."""

import os
import pwd
import stat
from dataclasses import dataclass
from gettext import gettext as _
from pathlib import Path

from guanxi.config.problems import SetupError

UNPRIVILEGED = ("postgres", "nobody")


@dataclass(frozen=True)
class Account:
    """An existing system account, by its numbers."""

    name: str
    uid: int
    gid: int

    def reaches(self, path: Path) -> bool:
        """Tell whether the account may pass every folder above ``path``."""
        return all(self._passes(folder) for folder in path.absolute().parents)

    def owns(self, path: Path) -> bool:
        """Tell whether ``path`` belongs to the account."""
        return path.stat().st_uid == self.uid

    def _passes(self, folder: Path) -> bool:
        try:
            facts = folder.stat()
        except FileNotFoundError:
            return True  # will be made by us, open to pass
        if facts.st_uid == self.uid:
            return bool(facts.st_mode & stat.S_IXUSR)
        if facts.st_gid == self.gid:
            return bool(facts.st_mode & stat.S_IXGRP)
        return bool(facts.st_mode & stat.S_IXOTH)


def server_account(data: Path) -> Account | None:
    """
    Return the account to drop to for the server of ``data``; None unless we are root.

    The owner of an existing cluster keeps it; else it is the first of
    ``UNPRIVILEGED`` that exists.

    :raises SetupError: if there is no such account.
    """
    if os.geteuid() != 0:
        return None
    if data.exists() and data.stat().st_uid != 0:
        return _account(pwd.getpwuid(data.stat().st_uid))
    known = {entry.pw_name: entry for entry in pwd.getpwall()}
    for name in UNPRIVILEGED:
        if name in known:
            return _account(known[name])
    raise SetupError(
        _(
            "PostgreSQL does not run as root and there is no account “postgres” or "
            "“nobody”: create one, or start as an ordinary user."
        )
    )


def _account(entry: pwd.struct_passwd) -> Account:
    return Account(name=entry.pw_name, uid=entry.pw_uid, gid=entry.pw_gid)
