"""Facts about what belongs to a customer: contact points, tags and relations."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from django.utils.translation import gettext_noop

from guanxi.customers.events.customer import CustomerEvent
from guanxi.customers.rules import PointKind, RelationKind


@dataclass(frozen=True, kw_only=True)
class ContactPointEvent(CustomerEvent):
    """Something about one way to reach a customer."""

    icon: ClassVar[str] = "address-book"

    point_kind: str
    version: int = 0

    def words(self) -> dict[str, object]:
        """Return the label of the kind."""
        return {"point_kind": PointKind(self.point_kind).label}


@dataclass(frozen=True, kw_only=True)
class ContactPointAdded(ContactPointEvent):
    """There is one more way to reach a customer."""

    sentence: ClassVar[str] = gettext_noop("%(point_kind)s added")


@dataclass(frozen=True, kw_only=True)
class ContactPointRemoved(ContactPointEvent):
    """A way to reach a customer is gone."""

    sentence: ClassVar[str] = gettext_noop("%(point_kind)s removed")


@dataclass(frozen=True, kw_only=True)
class TagEvent(CustomerEvent):
    """Something about a tag on one customer."""

    icon: ClassVar[str] = "tag"
    guards: ClassVar[Mapping[str, str]] = {"tag": "tags"}

    tag: str
    version: int = 0


@dataclass(frozen=True, kw_only=True)
class TagAdded(TagEvent):
    """A customer got a tag."""

    sentence: ClassVar[str] = gettext_noop("Tag “%(tag)s” added")


@dataclass(frozen=True, kw_only=True)
class TagRemoved(TagEvent):
    """A customer lost a tag."""

    sentence: ClassVar[str] = gettext_noop("Tag “%(tag)s” removed")


@dataclass(frozen=True, kw_only=True)
class RelationEvent(CustomerEvent):
    """
    Something about how two customers belong together; told to both.

    ``called`` is how the house named a relation that the product does not know.
    """

    icon: ClassVar[str] = "link"

    other_id: int
    relation: str
    called: str = ""

    def words(self) -> dict[str, object]:
        """Return the label of the relation."""
        if self.relation in RelationKind.values:
            return {"relation": RelationKind(self.relation).label}
        return {"relation": self.called or self.relation}


@dataclass(frozen=True, kw_only=True)
class RelationAdded(RelationEvent):
    """Two customers are known to belong together."""

    sentence: ClassVar[str] = gettext_noop("Relation added: %(relation)s")


@dataclass(frozen=True, kw_only=True)
class RelationRemoved(RelationEvent):
    """Two customers do not belong together any more."""

    sentence: ClassVar[str] = gettext_noop("Relation removed: %(relation)s")
    icon: ClassVar[str] = "link"
