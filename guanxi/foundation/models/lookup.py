"""``LIKE`` with a pattern of one's own, for the trigram indexes of search columns."""

from typing import TYPE_CHECKING, Any

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import Field, Lookup
from django.db.models.sql.compiler import SQLCompiler

if TYPE_CHECKING:
    TextLookup = Lookup[str]
else:
    TextLookup = Lookup


@Field.register_lookup
class Like(TextLookup):
    """
    ``search__like=pattern``: the pattern as it is.

    Unlike ``contains`` it escapes nothing, so a pattern of `search_text.like_patterns`
    keeps its leading blank and its percent signs.
    """

    lookup_name = "like"

    def as_sql(
        self, compiler: SQLCompiler, connection: BaseDatabaseWrapper
    ) -> tuple[str, list[Any]]:
        """Return the comparison and its parameters."""
        column, column_params = self.process_lhs(compiler, connection)
        pattern, params = self.process_rhs(compiler, connection)
        return f"{column} LIKE {pattern}", [*column_params, *params]
