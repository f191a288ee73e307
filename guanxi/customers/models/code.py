"""Code lists an administrator edits: kinds of customers, purposes, relations."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.db import models
from django.utils.translation import get_language

from guanxi.customers.rules import (
    GRADE_SCHEME,
    GRADES,
    REVERSED,
    TIE_SCHEME,
    RelationKind,
)
from guanxi.customers.rules.field import Names
from guanxi.foundation.arranged import arranged
from guanxi.foundation.words import Words


class Code(models.Model):
    """
    One entry of a code list; ``key`` is what programs use, the names are shown.

    A relation has names of its other direction too.
    """

    id = models.BigAutoField(primary_key=True)
    scheme = models.CharField(max_length=40)
    key = models.SlugField(max_length=40)
    name_zh = models.CharField(max_length=60)
    name_en = models.CharField(max_length=60)
    reverse_zh = models.CharField(max_length=60, blank=True, default="", db_default="")
    reverse_en = models.CharField(max_length=60, blank=True, default="", db_default="")
    position = models.SmallIntegerField(default=0)
    is_active = models.BooleanField(default=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["scheme", "key"], name="code_once")
        ]

    def __str__(self) -> str:
        """Return the name in the active language."""
        is_chinese = (get_language() or "zh").startswith("zh")
        return self.name_zh if is_chinese else self.name_en


@dataclass(frozen=True)
class Tie:
    """What a relation is called from its source, and read backward from its target."""

    forward: Words
    backward: Words
    is_offered: bool = True


@arranged
def ties() -> Mapping[str, Tie]:
    """Return the kinds of relations by their keys, in their order."""
    rows = Code.objects.filter(scheme=TIE_SCHEME).order_by("position", "pk")
    listed = {
        row.key: Tie(
            Names(row.name_zh, row.name_en).words,
            Names(row.reverse_zh, row.reverse_en).words,
            row.is_active,
        )
        for row in rows
    }
    # Before the list is shipped, relations have the names of the product.
    shipped = {kind.value: Tie(kind.label, REVERSED[kind]) for kind in RelationKind}
    return listed or shipped


def tie_of(kind: str) -> Tie:
    """Return how relations of ``kind`` are called; by its key where nobody knows it."""
    return ties().get(kind, Tie(kind, kind))


@arranged
def grade_names() -> Mapping[str, Words]:
    """Return the grades of customers by their keys, the best first."""
    rows = Code.objects.filter(scheme=GRADE_SCHEME, is_active=True)
    listed = {
        row.key: Names(row.name_zh, row.name_en).words
        for row in rows.order_by("position", "pk")
    }
    return listed or GRADES
