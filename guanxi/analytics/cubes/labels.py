"""What the keys of dimensions are called, to whom may know it."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date

from django.db.models import TextChoices
from django.utils.dates import WEEKDAYS
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from guanxi.analytics.cubes.declared import Labels
from guanxi.customers.queries.customer import all_codes
from guanxi.customers.queries.segment import segments
from guanxi.customers.rules.bands import band_words, percent_band_words
from guanxi.foundation.actor import Actor
from guanxi.identity.queries import teams, user_names
from guanxi.sales.queries.product import products


def as_written(_viewer: Actor, keys: Sequence[str]) -> Mapping[str, str]:
    """Return words as they are; of none, that there is none."""
    return {key: key or _("Not given") for key in keys}


def chosen_from(words: type[TextChoices]) -> Labels:
    """Return the labels of the values of ``words``."""

    def labels(_viewer: Actor, keys: Sequence[str]) -> Mapping[str, str]:
        known = {str(key): str(label) for key, label in words.choices}
        return {key: known.get(key, key) or _("Not given") for key in keys}

    return labels


def named(known: Callable[[], Mapping[str, object]]) -> Labels:
    """Return the labels of what administrators name, as they name it at the moment."""

    def labels(_viewer: Actor, keys: Sequence[str]) -> Mapping[str, str]:
        names = known()
        return {key: str(names.get(key, key)) or _("Not given") for key in keys}

    return labels


def truths(_viewer: Actor, keys: Sequence[str]) -> Mapping[str, str]:
    """Return yes and no."""
    words = {"true": _("Yes"), "false": _("No"), "": _("Not given")}
    return {key: words.get(key, key) for key in keys}


def bands(_viewer: Actor, keys: Sequence[str]) -> Mapping[str, str]:
    """Return bands of numbers by their bounds."""
    return {key: band_words(key) or _("Not given") for key in keys}


def percent_bands(_viewer: Actor, keys: Sequence[str]) -> Mapping[str, str]:
    """Return bands of percentages by their bounds."""
    return {key: percent_band_words(key) or _("Not given") for key in keys}


def days_as(written: Callable[[date], str]) -> Labels:
    """Return labels of spans of time, each written from its first day."""

    def labels(_viewer: Actor, keys: Sequence[date]) -> Mapping[date, str]:
        return {key: written(key) for key in keys}

    return labels


def year(day: date) -> str:
    """Return ``2026``."""
    return f"{day:%Y}"


def quarter(day: date) -> str:
    """Return ``2026 Q1``."""
    return f"{day:%Y} Q{(day.month + 2) // 3}"


def month(day: date) -> str:
    """Return ``2026-03``."""
    return f"{day:%Y-%m}"


def week(day: date) -> str:
    """Return the ISO week with its Monday."""
    return _("Week %(week)s (%(monday)s)") % {
        "week": f"{day:%G-%V}",
        "monday": date_format(day, "SHORT_DATE_FORMAT"),
    }


def whole_day(day: date) -> str:
    """Return the day as people write it shortly."""
    return date_format(day, "SHORT_DATE_FORMAT")


def weekday(_viewer: Actor, keys: Sequence[int]) -> Mapping[int, str]:
    """Return the names of weekdays; 0 is Monday."""
    return {key: str(WEEKDAYS[key]) for key in keys}


def scores(_viewer: Actor, keys: Sequence[int]) -> Mapping[int, str]:
    """Return scores as they are; 0 is of those who have none."""
    return {key: str(key) if key else _("Not given") for key in keys}


def working(_viewer: Actor, keys: Sequence[int]) -> Mapping[int, str]:
    """Return what kinds of days are called."""
    words = {1: _("Working days"), 0: _("Days off")}
    return {key: words[key] for key in keys}


def product_names(viewer: Actor, keys: Sequence[int]) -> Mapping[int, str]:
    """Return the names of the products that ``viewer`` sees."""
    known = dict(products(viewer).filter(pk__in=keys).values_list("pk", "name"))
    return {key: known.get(key) or _nameless(key, _("No product")) for key in keys}


def owner_names(_viewer: Actor, keys: Sequence[int]) -> Mapping[int, str]:
    """Return the names of users."""
    known = user_names(keys)
    return {key: known.get(key) or _nameless(key, _("No owner")) for key in keys}


def team_names(viewer: Actor, keys: Sequence[int]) -> Mapping[int, str]:
    """Return the names of the teams that ``viewer`` sees."""
    known = dict(teams(viewer).filter(pk__in=keys).values_list("pk", "name"))
    return {key: known.get(key) or _nameless(key, _("No team")) for key in keys}


def kind_names(_viewer: Actor, keys: Sequence[int]) -> Mapping[int, str]:
    """Return the names of kinds of customers."""
    known = {code.pk: str(code) for code in all_codes().filter(pk__in=keys)}
    return {key: known.get(key) or _nameless(key, _("Not given")) for key in keys}


def segment_titles(viewer: Actor, keys: Sequence[int]) -> Mapping[int, str]:
    """
    Return what the segments are called that ``viewer`` sees.

    :raises KeyError: for one that he does not see.
    """
    known = {one.pk: one.title for one in segments(viewer).filter(pk__in=keys)}
    known[0] = _("In no segment that you see")
    return {key: known[key] for key in keys}


def _nameless(key: int, none: str) -> str:
    return f"#{key}" if key else none
