"""The sheet of the data bank for programs: /api/v1/data-sets."""

from datetime import datetime
from decimal import Decimal

from django.http import HttpResponse
from django.utils.translation import gettext_noop
from ninja import Router
from pydantic import Field

from guanxi.customers.commands.data_set import (
    DataSetFacts,
    add_data_set,
    describe_data_set,
    remove_data_set,
)
from guanxi.customers.queries.data_set import ListedSet, data_set, data_sets, upkeep
from guanxi.customers.rules.data_set import LONGEST_NAME, LONGEST_WORDS
from guanxi.foundation.clock import now
from guanxi.foundation.policies import require
from guanxi.foundation.rest.call import Call, answer, made, nothing
from guanxi.foundation.rest.records import Input, Record

router = Router(tags=["customers"])
_SAID = tuple(DataSetFacts.__annotations__)


class DataSetRecord(Record):
    """A set of data about customers, and what is said of it."""

    id: str = Field(description="Its key.")
    name: str = Field(description="In the language of the caller.")
    is_own: bool = Field(description="Whether your house added it to the sheet.")
    subject: str
    purpose: str
    decision: str
    ability: str
    upkeep_cost: str | None = Field(description="What keeping it costs in a year.")
    described_at: datetime | None


class DataSetsRecord(Record):
    """All sets of data, and what all of them cost in a year."""

    items: list[DataSetRecord]
    upkeep_cost: str


class DataSetInput(Input):
    """What is to be said of a set of data; what is left out stays."""

    subject: str = Field(default="", max_length=LONGEST_WORDS)
    purpose: str = Field(default="", max_length=LONGEST_WORDS)
    decision: str = Field(default="", max_length=LONGEST_WORDS)
    ability: str = Field(default="", max_length=LONGEST_WORDS)
    upkeep_cost: Decimal | None = Field(
        default=None, ge=0, max_digits=14, decimal_places=2
    )


class NewDataSet(DataSetInput):
    """A set of data of the house's own."""

    name: str = Field(min_length=1, max_length=LONGEST_NAME)


@router.get(
    "/data-sets",
    response=DataSetsRecord,
    summary=gettext_noop("Read the sheet of data sets"),
)
def list_data_sets(request: Call) -> HttpResponse:
    """Read what the sets of data about customers are for, and what they cost."""
    sets = data_sets(request.auth)
    items = [_record(one) for one in sets]
    return answer({"items": items, "upkeep_cost": upkeep(sets)})


@router.post(
    "/data-sets",
    response={201: DataSetRecord},
    summary=gettext_noop("Add a data set"),
)
def post_data_set(request: Call, body: NewDataSet) -> HttpResponse:
    """Put a set of data of your house's own on the sheet."""
    by = request.auth
    require(by, "custom_field.edit")
    facts = body.given()
    new = add_data_set(by, facts.pop("name"), at=now(), **facts)
    return made(_record(data_set(by, new.key)), "/api/v1/data-sets")


@router.patch(
    "/data-sets/{slug:key}",
    response=DataSetRecord,
    summary=gettext_noop("Describe a data set"),
)
def patch_data_set(request: Call, key: str, body: DataSetInput) -> HttpResponse:
    """Say what a set of data is about and for, and what it costs."""
    by = request.auth
    require(by, "custom_field.edit")
    describe_data_set(by, key, at=now(), **body.given())
    return answer(_record(data_set(by, key)))


@router.delete(
    "/data-sets/{slug:key}",
    response={204: None},
    summary=gettext_noop("Remove a data set"),
)
def delete_data_set(request: Call, key: str) -> HttpResponse:
    """Take a set of data of your house's own off the sheet."""
    remove_data_set(request.auth, key, at=now())
    return nothing()


def _record(one: ListedSet) -> dict[str, object]:
    said = one.said
    return {
        "id": one.key,
        "name": str(one.label),
        "is_own": one.is_own,
        **{name: getattr(said, name) if said else "" for name in _SAID},
        "upkeep_cost": said.upkeep_cost if said else None,
        "described_at": said.described_at if said else None,
    }
