"""From a filter to a condition of the database, and to a sentence for people."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime

from django.db.models import Model, Q
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from guanxi.foundation.actor import Actor
from guanxi.foundation.tables.operators import OPERATORS, SPANNED, WITHIN, build
from guanxi.foundation.tables.spans import span_label
from guanxi.foundation.tables.table import Column, ColumnKind
from guanxi.foundation.tables.values import Scope, choices_of, value_of
from guanxi.foundation.tables.where import BadFilter, Condition, Group, Node


@dataclass(frozen=True)
class Filters:
    """
    What a viewer can filter by: the columns he reads in clear, and no other.

    A column that is hidden from him or masked is refused in the very words of one that
    does not exist, before anything else about the condition is looked at.
    """

    columns: Mapping[str, Column]
    model: type[Model]
    viewer: Actor
    today: date

    def compiled(self, node: Node) -> Q:
        """
        Return the condition of a filter.

        :raises BadFilter: for a column, an operator or a value that cannot be.
        """
        if isinstance(node, Condition):
            return build(self._scope(node.key), node.operator, node.values)
        whole = Q()
        for part in [self.compiled(member) for member in node.members]:
            whole = whole | part if node.joint == "or" else whole & part
        return ~whole if node.joint == "not" else whole

    def sentence(self, node: Node) -> str:
        """Return a filter, that compiled, in words: “等级 是 重要客户或主要客户”."""
        if isinstance(node, Condition):
            return self._told(node)
        told = [self._part(member) for member in node.members]
        is_or = node.joint == "or"
        joint = pgettext("filter", " or ") if is_or else pgettext("filter", " and ")
        inner = joint.join(told)
        return _("not (%(inner)s)") % {"inner": inner} if node.joint == "not" else inner

    def _part(self, node: Node) -> str:
        is_bracketed = isinstance(node, Group) and node.joint != "not"
        told = self.sentence(node)
        return _("(%(inner)s)") % {"inner": told} if is_bracketed else told

    def _scope(self, key: str) -> Scope:
        if key not in self.columns:
            raise BadFilter(
                _("There is no field “%(key)s” to filter by.") % {"key": key[:60]}
            )
        return Scope(self.columns[key], self.model, self.viewer, self.today)

    def _told(self, condition: Condition) -> str:
        column = self.columns[condition.key]
        operator = OPERATORS[condition.operator]
        words: dict[str, object] = {
            "label": column.label,
            "operator": operator.told(column.kind),
        }
        if operator.values == "none":
            return _("%(label)s %(operator)s") % words
        if operator.values in SPANNED:
            return self._told_tally(condition, words)
        is_span = operator.values == "two"
        joint = (
            pgettext("filter", " to ") if is_span else pgettext("filter values", " or ")
        )
        words["values"] = joint.join(self._values(condition))
        return _("%(label)s %(operator)s %(values)s") % words

    def _told_tally(self, condition: Condition, words: dict[str, object]) -> str:
        values = self._values(replace(condition, values=condition.values[1:]))
        words["values"] = pgettext("filter values", " or ").join(values)
        words["span"] = span_label(condition.values[0])
        return _("%(label)s (%(span)s): %(operator)s %(values)s") % words

    def _values(self, condition: Condition) -> list[str]:
        if condition.operator in WITHIN:
            return [span_label(condition.values[0])]
        scope = self._scope(condition.key)
        names = dict(choices_of(scope.column, self.viewer))
        return [names.get(text) or _shown(scope, text) for text in condition.values]


def _shown(scope: Scope, text: str) -> str:
    if scope.column.kind in (ColumnKind.TEXT, ColumnKind.SEALED, ColumnKind.PART):
        return _("“%(text)s”") % {"text": text}
    value = value_of(scope, text)
    if isinstance(value, datetime):
        return date_format(localtime(value), "DATETIME_FORMAT")
    if isinstance(value, date):
        return date_format(value, "DATE_FORMAT")
    return text
