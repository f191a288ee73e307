"""What a backup consists of, and how the programs of PostgreSQL reach the database."""

import os

from psycopg.conninfo import conninfo_to_dict
from psycopg.pq import Conninfo

from guanxi.config import key_ring
from guanxi.foundation.erasing import tombstones

DATABASE_PART = "database"
FILES_PART = "files"
KEY_PART = "secret-key.txt"
RING_PART = key_ring.NAME
TOMBSTONES_PART = tombstones.NAME
SINGLE_PARTS = (KEY_PART, RING_PART, TOMBSTONES_PART)

# How libpq's settings are called in the environment of its programs.
_PG_VARIABLES = {
    option.keyword.decode(): option.envvar.decode()
    for option in Conninfo.get_defaults()
    if option.envvar
}


def libpq_environment(url: str) -> dict[str, str]:
    """Return our environment with the connection in it, not on the command line."""
    wanted = conninfo_to_dict(url)
    known = {
        _PG_VARIABLES[key]: str(value)
        for key, value in wanted.items()
        if key in _PG_VARIABLES
    }
    return {**os.environ, **known}
