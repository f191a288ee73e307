"""Order numbers: ``SO20261122-0001``, counted anew each day."""

from datetime import date

from django.db import connection

from guanxi.sales.models import Order

_TAKE = """
    INSERT INTO sales_orderseries (day, last) VALUES (%s, %s)
    ON CONFLICT (day) DO UPDATE SET last = sales_orderseries.last + excluded.last
    RETURNING last
"""


def next_number(day: date) -> str:
    """
    Return a number nobody has, for an order of ``day``.

    The counter's row stays locked until the commit: two who order at once wait for
    each other. Numbers that somebody gave by hand are passed over.
    """
    (number,) = take_numbers(day, 1)
    while Order.objects.filter(number=number).exists():
        (number,) = take_numbers(day, 1)
    return number


def take_numbers(day: date, count: int) -> list[str]:
    """Return the next ``count`` numbers of ``day``, for orders that come in bulk."""
    with connection.cursor() as cursor:
        cursor.execute(_TAKE, [day, count])
        (last,) = cursor.fetchone()
    return [f"SO{day:%Y%m%d}-{n:04d}" for n in range(last - count + 1, last + 1)]
