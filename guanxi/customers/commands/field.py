"""Fields that a house adds to its customers, and the groups they stand in."""

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import TypedDict, Unpack

from django.db.models import Max, QuerySet
from django.utils.translation import gettext as _

from guanxi.customers.events import (
    CustomFieldAdded,
    CustomFieldChanged,
    FieldGroupSaved,
)
from guanxi.customers.models import CustomField, FieldGroup
from guanxi.customers.policies import FIELD
from guanxi.customers.rules.field import (
    PREFIX,
    DataType,
    FieldKind,
    InfoKind,
    Names,
    SourceChannel,
)
from guanxi.foundation.actor import Actor
from guanxi.foundation.arranged import rearrange
from guanxi.foundation.audit import changes_of
from guanxi.foundation.commands import command
from guanxi.foundation.errors import Refused
from guanxi.foundation.events import publish
from guanxi.foundation.names import pinyin_forms
from guanxi.foundation.policies import Privacy

MOST_FIELDS = 200
MOST_CHOICES = 200
LONGEST_KEY = 32
_NO_WORD = re.compile(r"[^a-z0-9]+")
_AUDITED = ("name_zh", "name_en", "kind", "privacy", "is_required", "is_active")


class BadField(Refused):
    """A field needs a name in both languages, and a choice something to choose."""

    code = "bad_field"


class FieldFacts(TypedDict, total=False):
    """What can be said of a field; its kind is settled when it is added."""

    names: Names
    help: Names
    choices: Sequence[tuple[str, Names]]
    is_required: bool
    lowest: Decimal | None
    highest: Decimal | None
    privacy: Privacy
    data_type: DataType
    info_kind: InfoKind
    source_channel: SourceChannel
    purpose: str
    review_months: int | None
    position: int
    is_indexed: bool
    is_active: bool


@command(needs="custom_field.edit")
def add_group(by: Actor, names: Names, *, form: str, at: datetime) -> FieldGroup:
    """
    Add a group at the end; ``form`` is the nature of those who have it, empty for both.

    :raises BadField: for a missing name.
    """
    _require_names(names)
    group = FieldGroup(key=_free_key(FieldGroup.objects.all(), names, ""), form=form)
    group.position = _last(FieldGroup.objects.all()) + 1
    return _save_group(group, names, at)


@command(needs="custom_field.edit")
def change_group(
    by: Actor, group: FieldGroup, names: Names, *, position: int, at: datetime
) -> FieldGroup:
    """
    Rename or move a group.

    :raises BadField: for a missing name.
    """
    _require_names(names)
    group.position = position
    return _save_group(group, names, at)


@command(needs="custom_field.edit")
def add_field(
    by: Actor,
    group: FieldGroup,
    kind: FieldKind,
    *,
    at: datetime,
    **facts: Unpack[FieldFacts],
) -> CustomField:
    """
    Give customers one more field, at the end of ``group`` unless a position is given.

    Its key is made of its English name, or of the pinyin of the Chinese one.

    :raises BadField: for a missing name, no choices, or more fields than a form can hold.
    """
    if CustomField.objects.count() >= MOST_FIELDS:
        raise BadField(_("There are 200 fields already. Take one out of use first."))
    names = facts.get("names", Names("", ""))
    _require_names(names)
    field = CustomField(group=group, kind=kind)
    field.key = _free_key(CustomField.objects.all(), names, PREFIX)
    field.position = _last(group.fields.all()) + 1
    _fill(field, facts)
    field.save(force_insert=True)
    nothing = dict.fromkeys((*_AUDITED, "choices"), "")
    changes = changes_of(FIELD, nothing, _audited(field))
    rearrange()
    publish(CustomFieldAdded(field_id=field.pk, key=field.key, at=at), changes=changes)
    return field


@command(needs="custom_field.edit")
def change_field(
    by: Actor, field: CustomField, *, at: datetime, **facts: Unpack[FieldFacts]
) -> CustomField:
    """
    Change what is said of a field. What customers have in it stays, out of use too.

    :raises BadField: as `add_field`.
    """
    field = CustomField.objects.select_for_update().get(pk=field.pk)
    before = _audited(field)
    _fill(field, facts)
    field.save()
    rearrange()
    publish(
        CustomFieldChanged(field_id=field.pk, key=field.key, at=at),
        changes=changes_of(FIELD, before, _audited(field)),
    )
    return field


def _save_group(group: FieldGroup, names: Names, at: datetime) -> FieldGroup:
    group.name_zh, group.name_en = names.zh, names.en
    group.save()
    rearrange()
    publish(FieldGroupSaved(group_id=group.pk, key=group.key, at=at))
    return group


def _fill(field: CustomField, facts: FieldFacts) -> None:
    for name, value in facts.items():
        if name in _WRITERS:
            _WRITERS[name](field, value)
        else:
            setattr(field, name, value)
    if field.kind == FieldKind.CHOICE and not field.choices:
        raise BadField(_("Enter at least one choice, one a line."), field="choices")
    lowest, highest = field.lowest, field.highest
    if lowest is not None and highest is not None and lowest > highest:
        raise BadField(_("The lowest number is above the highest."), field="lowest")


def _write_names(field: CustomField, names: Names) -> None:
    _require_names(names)
    field.name_zh, field.name_en = names.zh, names.en


def _write_help(field: CustomField, names: Names) -> None:
    field.help_zh, field.help_en = names.zh, names.en


def _write_choices(field: CustomField, choices: Sequence[tuple[str, Names]]) -> None:
    keys = [key for key, _names in choices]
    if len(set(keys)) < len(keys) or len(keys) > MOST_CHOICES:
        raise BadField(
            _("Each choice must be there once, and there can be 200 at most."),
            field="choices",
        )
    field.choices = [{"key": k, "zh": n.zh, "en": n.en} for k, n in choices]


_WRITERS: Mapping[str, Callable[..., None]] = {
    "names": _write_names,
    "help": _write_help,
    "choices": _write_choices,
}


def choice_key(names: Names) -> str:
    """Return what programs call a choice: its English name, or the pinyin, plain."""
    return _plain(names)[:LONGEST_KEY] or "choice"


def _plain(names: Names) -> str:
    english = _NO_WORD.sub("_", names.en.lower()).strip("_")
    return english or _NO_WORD.sub("_", pinyin_forms(names.zh).full).strip("_")


def _free_key(
    rows: "QuerySet[FieldGroup] | QuerySet[CustomField]", names: Names, prefix: str
) -> str:
    """Return a key that no other row has."""
    wanted = f"{prefix}{_plain(names) or 'field'}"[:LONGEST_KEY].strip("_")
    taken = set(rows.values_list("key", flat=True))
    more = (f"{wanted}_{n}" for n in range(2, MOST_FIELDS + 3))
    return next(key for key in (wanted, *more) if key not in taken)


def _last(rows: "QuerySet[FieldGroup] | QuerySet[CustomField]") -> int:
    last: int | None = rows.aggregate(last=Max("position"))["last"]
    return last or 0


def _audited(field: CustomField) -> dict[str, str]:
    return {name: str(getattr(field, name)) for name in _AUDITED} | {
        "choices": ", ".join(one["key"] for one in field.choices)
    }


def _require_names(names: Names) -> None:
    if not all(0 < len(name) <= 60 for name in (names.zh, names.en)):
        raise BadField(
            _("Enter a name in both languages, at most 60 characters each."),
            field="name_zh",
        )
