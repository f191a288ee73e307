"""Write down what the sets of data about customers are for, and what they cost."""

from datetime import datetime
from decimal import Decimal
from typing import TypedDict, Unpack

from django.db.models import Max
from django.utils.translation import gettext as _

from guanxi.customers.events import DataSetDescribed, DataSetRemoved
from guanxi.customers.models import DataSet
from guanxi.customers.queries.data_set import data_set
from guanxi.customers.rules.data_set import LONGEST_NAME, LONGEST_WORDS, OWN
from guanxi.foundation.actor import Actor
from guanxi.foundation.commands import command
from guanxi.foundation.errors import NotVisible, Refused
from guanxi.foundation.events import publish

_WORDS = ("subject", "purpose", "decision", "ability")


class BadDataSet(Refused):
    """A set of data has a name, and what is said of it is short."""

    code = "bad_data_set"


class DataSetFacts(TypedDict, total=False):
    """What can be said of a set of data; what is left out stays."""

    subject: str
    purpose: str
    decision: str
    ability: str
    upkeep_cost: Decimal | None


@command(needs="custom_field.edit")
def describe_data_set(
    by: Actor, key: str, *, at: datetime, **facts: Unpack[DataSetFacts]
) -> DataSet:
    """
    Say what the set ``key`` is about and for, who decides by it, and what it costs.

    :raises NotVisible: if there is no such set.
    :raises BadDataSet: for what is too long, or a cost below zero.
    """
    listed = data_set(by, key)
    found = listed.said or DataSet(key=key)
    return _store(found, facts, at)


@command(needs="custom_field.edit")
def add_data_set(
    by: Actor, name: str, *, at: datetime, **facts: Unpack[DataSetFacts]
) -> DataSet:
    """
    Put a set of data of the house's own on the sheet.

    :raises BadDataSet: without a name, and as `describe_data_set`.
    """
    plain = " ".join(name.split())
    if not 0 < len(plain) <= LONGEST_NAME:
        raise BadDataSet(_("Enter a name, at most 60 characters."), field="name")
    last = DataSet.objects.aggregate(last=Max("pk"))["last"] or 0
    return _store(DataSet(key=f"{OWN}{last + 1}", name=plain), facts, at)


@command(needs="custom_field.edit")
def remove_data_set(by: Actor, key: str, *, at: datetime) -> None:
    """
    Take a set of data of the house's own off the sheet.

    :raises NotVisible: if there is no such, or the house has it by itself.
    """
    gone, _rows = DataSet.objects.filter(key=key, key__startswith=OWN).delete()
    if not gone:
        raise NotVisible
    publish(DataSetRemoved(data_set=key, at=at))


def _store(found: DataSet, facts: DataSetFacts, at: datetime) -> DataSet:
    for name, value in facts.items():
        setattr(found, name, value)
    for name in _WORDS:
        if len(getattr(found, name)) > LONGEST_WORDS:
            raise BadDataSet(_("Write at most 500 characters."), field=name)
    if found.upkeep_cost is not None and found.upkeep_cost < 0:
        raise BadDataSet(_("This amount cannot be."), field="upkeep_cost")
    found.described_at = at
    found.save()
    publish(DataSetDescribed(data_set=found.key, at=at))
    return found
