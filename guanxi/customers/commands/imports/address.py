"""The primary addresses of customers that a file changes, and as they were before."""

from collections.abc import Collection, Mapping, Sequence

from django.db import connection

from guanxi.customers.commands.imports.party import Party
from guanxi.customers.models import Address, Customer
from guanxi.customers.rules.point import Place
from guanxi.foundation.bulk import array

# The address goes into the row that is kept of the customer; taking back reads it there.
_KEEP = """
    UPDATE foundation_importedrow r
    SET before = r.before || jsonb_build_object('_address', to_jsonb(a))
    FROM customers_address a
    WHERE r.run_id = %s AND r.kind = 'customer' AND r.record_id = ANY(%s)
      AND a.customer_id = r.record_id AND a.is_primary AND NOT r.before ? '_address'
"""
_WRITE = """
    UPDATE customers_address a SET (province, city, district, street, postcode) =
        (n.province, n.city, n.district, n.street, n.postcode)
    FROM unnest(%s::bigint[], %s::text[], %s::text[], %s::text[], %s::text[], %s::text[])
        AS n (customer_id, province, city, district, street, postcode)
    WHERE a.customer_id = n.customer_id AND a.is_primary
"""
_PUT_BACK = """
    UPDATE customers_address a SET (province, city, district, street, postcode) =
        (SELECT b.province, b.city, b.district, b.street, b.postcode
         FROM jsonb_populate_record(a, r.before -> '_address') b)
    FROM foundation_importedrow r
    WHERE r.run_id = %s AND r.kind = 'customer' AND r.record_id = ANY(%s)
      AND a.id = (r.before -> '_address' ->> 'id')::bigint
"""


def primary_addresses(pks: Collection[int]) -> Mapping[int, Address]:
    """Return the primary addresses of customers, by their ids."""
    rows = Address.objects.filter(customer_id__in=pks, is_primary=True)
    return {row.customer_id: row for row in rows}


def moved_place(address: Address, customer: Customer, party: Party) -> Place | None:
    """
    Return where ``address`` is as a row tells of ``customer``; None if it is the same.

    District, street and postcode of another town do not go along to a new one.
    """
    place = party.place or Place()
    is_elsewhere = address.city not in ("", customer.city) or address.province not in (
        "",
        customer.province,
    )
    old = Place() if is_elsewhere else address
    new = (
        customer.province,
        customer.city,
        place.district or old.district,
        place.street or old.street,
        place.postcode or old.postcode,
    )
    before = (
        address.province,
        address.city,
        address.district,
        address.street,
        address.postcode,
    )
    return None if new == before else Place(*new)


def keep_addresses(run_id: int, pks: Sequence[int]) -> None:
    """Keep the primary addresses of customers of which a run keeps the rows."""
    with connection.cursor() as cursor:
        cursor.execute(_KEEP, [run_id, array(pks)])


def write_places(places: Mapping[int, Place]) -> None:
    """Write the primary addresses of customers, by their ids."""
    rows = places.values()
    if not places:
        return
    with connection.cursor() as cursor:
        cursor.execute(
            _WRITE,
            [
                array(places.keys()),
                [row.province for row in rows],
                [row.city for row in rows],
                [row.district for row in rows],
                [row.street for row in rows],
                [row.postcode for row in rows],
            ],
        )


def put_addresses_back(run_id: int, pks: Sequence[int]) -> None:
    """Write the primary addresses of customers as they were before a run."""
    with connection.cursor() as cursor:
        cursor.execute(_PUT_BACK, [run_id, array(pks)])
