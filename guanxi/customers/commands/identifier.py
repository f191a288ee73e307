"""Take in the numbers of documents, cards and licenses: checked, and written one way."""

from collections.abc import Callable, Collection
from typing import ParamSpec, TypeVar

from guanxi.customers.models import Customer
from guanxi.customers.policies import CUSTOMER
from guanxi.customers.rules.identifier import (
    CHECKS,
    IdKind,
    document_of,
    require_one_birthday,
)
from guanxi.foundation.actor import Actor
from guanxi.foundation.errors import Refused
from guanxi.foundation.invalid import Invalid
from guanxi.foundation.sealing.field import Unread

P = ParamSpec("P")
T = TypeVar("T")

_DOCUMENT = frozenset(("id_kind", "id_number"))


class BadNumber(Refused):
    """A number of a document, a card or a license that cannot be."""

    code = "bad_number"


def settle_identifiers(by: Actor, customer: Customer, given: Collection[str]) -> None:
    """
    Check those identifiers of ``customer`` that are among ``given``, and write them plainly.

    :raises BadNumber: at the field to mend.
    """
    for name, check in CHECKS.items():
        text = getattr(customer, name) if name in given else ""
        if text:
            setattr(customer, name, _checked(name, check, text))
    if isinstance(customer.id_number, Unread):
        return
    if not _DOCUMENT.isdisjoint(given):
        kind = _kind_of(customer, given)
        document = _checked("id_number", document_of, kind, customer.id_number)
        customer.id_kind, customer.id_number = document
    if _may_compare(by, given):
        facts = customer.id_kind, customer.id_number, customer.birth_on
        _checked("id_number", require_one_birthday, *facts)


def _kind_of(customer: Customer, given: Collection[str]) -> str:
    """Return the kind of document; one that nobody has named is found anew."""
    is_unnamed = "id_kind" not in given and customer.id_kind == IdKind.OTHER
    return "" if is_unnamed else customer.id_kind


def _may_compare(by: Actor, given: Collection[str]) -> bool:
    """
    Tell whether to compare the birthday with the one in the ID number.

    Not for who gives one of them and cannot read the other: a refusal would tell it.
    """
    both = {"birth_on", "id_number"}
    is_touched = not {*both, "id_kind"}.isdisjoint(given)
    return is_touched and both <= CUSTOMER.readable(by) | set(given)


def _checked(field: str, check: Callable[P, T], *args: P.args, **named: P.kwargs) -> T:
    try:
        return check(*args, **named)
    except Invalid as error:
        raise BadNumber(str(error), field=field) from error
