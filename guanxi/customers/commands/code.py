"""The code lists of customer kinds, which an administrator edits."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from guanxi.customers.models import Code
from guanxi.customers.rules import KIND_SCHEME, RELATION_SCHEME, SCHEMES
from guanxi.foundation.actor import Actor
from guanxi.foundation.commands import command
from guanxi.foundation.errors import Refused

LONGEST_CODE_NAME = 60

# Scheme, key, Chinese name, English name: the two customary ways to tell customers
# apart, by what they are and by their business relationship with the house.
_SHIPPED = (
    (KIND_SCHEME, "consumer", "消费者", "Consumer"),
    (KIND_SCHEME, "enterprise", "企业客户", "Enterprise"),
    (KIND_SCHEME, "channel", "渠道客户", "Channel partner"),
    (KIND_SCHEME, "internal", "内部客户", "Internal"),
    (RELATION_SCHEME, "consumer", "消费者客户", "Consumer"),
    (RELATION_SCHEME, "intermediary", "中间商客户", "Intermediary"),
    (RELATION_SCHEME, "internal", "内部客户", "Internal"),
    (RELATION_SCHEME, "public", "公众客户", "Public"),
)


class BadCode(Refused):
    """A code needs a key of its own and a name in both languages."""

    code = "bad_code"


@dataclass(frozen=True)
class CodeNames:
    """How a code is called in both languages."""

    zh: str
    en: str


@command(needs="code.edit")
def ship_codes(by: Actor) -> None:
    """Add the codes the product comes with, where they are missing."""
    Code.objects.bulk_create(
        [
            Code(scheme=scheme, key=key, name_zh=zh, name_en=en, position=position)
            for position, (scheme, key, zh, en) in enumerate(_SHIPPED)
        ],
        ignore_conflicts=True,
    )


@command(needs="code.edit")
def add_code(by: Actor, scheme: str, key: str, names: CodeNames) -> Code:
    """
    Add an entry at the end of the list ``scheme``.

    :raises BadCode: for an unknown list, a key that is taken, or a missing name.
    """
    present = Code.objects.filter(scheme=scheme)
    if scheme not in SCHEMES or not key or present.filter(key=key).exists():
        raise BadCode(_("Enter a key that no other entry has."), field="key")
    _require_names(names)
    last = present.order_by("-position").values_list("position", flat=True).first()
    return Code.objects.create(
        scheme=scheme,
        key=key,
        name_zh=names.zh,
        name_en=names.en,
        position=(last or 0) + 1,
    )


@command(needs="code.edit")
def change_code(by: Actor, code: Code, names: CodeNames, *, is_active: bool) -> Code:
    """
    Rename ``code``, or stop offering it; customers that carry it keep it.

    :raises BadCode: for a missing name.
    """
    _require_names(names)
    code.name_zh, code.name_en, code.is_active = names.zh, names.en, is_active
    code.save(update_fields=["name_zh", "name_en", "is_active"])
    return code


def _require_names(names: CodeNames) -> None:
    if not all(0 < len(name) <= LONGEST_CODE_NAME for name in (names.zh, names.en)):
        raise BadCode(
            _("Enter a name in both languages, at most 60 characters each."),
            field="name_zh",
        )
