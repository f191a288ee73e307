"""The code lists of customers, which an administrator edits."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import TypedDict

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from guanxi.customers.events import CodeAdded, CodeChanged
from guanxi.customers.models import Code
from guanxi.customers.policies import CODE
from guanxi.customers.rules import (
    GRADE_SCHEME,
    KIND_SCHEME,
    PURPOSE_SCHEME,
    RELATION_SCHEME,
    SCHEMES,
    TIE_SCHEME,
)
from guanxi.foundation.actor import Actor
from guanxi.foundation.arranged import rearrange
from guanxi.foundation.audit import changes_of
from guanxi.foundation.commands import command
from guanxi.foundation.errors import Denied, Refused
from guanxi.foundation.events import publish

LONGEST_CODE_NAME = 60
_AUDITED = ("name_zh", "name_en", "reverse_zh", "reverse_en", "is_active")

# Scheme, key, Chinese name, English name: the two customary ways to tell customers
# apart, by what they are and by their business relationship with the house; and what
# for people are contacted.
_SHIPPED = (
    (KIND_SCHEME, "consumer", "消费者", "Consumer"),
    (KIND_SCHEME, "enterprise", "企业客户", "Enterprise"),
    (KIND_SCHEME, "channel", "渠道客户", "Channel partner"),
    (KIND_SCHEME, "internal", "内部客户", "Internal"),
    (RELATION_SCHEME, "consumer", "消费者客户", "Consumer"),
    (RELATION_SCHEME, "intermediary", "中间商客户", "Intermediary"),
    (RELATION_SCHEME, "internal", "内部客户", "Internal"),
    (RELATION_SCHEME, "public", "公众客户", "Public"),
    (PURPOSE_SCHEME, "marketing", "营销", "Marketing"),
    (PURPOSE_SCHEME, "service", "服务", "Service"),
    (PURPOSE_SCHEME, "profiling", "画像分析", "Profiling"),
    (PURPOSE_SCHEME, "sharing", "与合作伙伴共享", "Sharing with partners"),
    (GRADE_SCHEME, "a", "A 级", "Grade A"),
    (GRADE_SCHEME, "b", "B 级", "Grade B"),
    (GRADE_SCHEME, "c", "C 级", "Grade C"),
    (GRADE_SCHEME, "d", "D 级", "Grade D"),
)
# Key and names of a relation, and what it is called from the other side.
_TIES = (
    ("works_for", "任职于", "works for", "员工", "employs"),
    ("decides_for", "决策于", "decides for", "决策人", "is decided for by"),
    ("influences", "影响其决策", "influences", "受其影响", "is influenced by"),
    ("referred_by", "由其介绍", "was referred by", "介绍了", "referred"),
    ("family", "家人", "is family of", "家人", "is family of"),
    ("subsidiary_of", "隶属于", "is a subsidiary of", "下属公司", "is the parent of"),
)


class BadCode(Refused):
    """A code needs a key of its own and a name in both languages."""

    code = "bad_code"


@dataclass(frozen=True)
class CodeNames:
    """How a code is called in both languages; a relation read backward too."""

    zh: str
    en: str
    reverse_zh: str = ""
    reverse_en: str = ""


@command(needs="code.edit")
def ship_codes(by: Actor) -> None:
    """Add the codes the product comes with, where they are missing."""
    present = set(Code.objects.values_list("scheme", "key"))
    missing = [code for code in _shipped() if (code.scheme, code.key) not in present]
    if missing:
        Code.objects.bulk_create(missing, ignore_conflicts=True)
        rearrange()


def _shipped() -> Iterator[Code]:
    for position, (scheme, key, zh, en) in enumerate(_SHIPPED):
        yield Code(scheme=scheme, key=key, name_zh=zh, name_en=en, position=position)
    for position, (key, zh, en, back_zh, back_en) in enumerate(_TIES):
        code = Code(scheme=TIE_SCHEME, key=key, name_zh=zh, name_en=en)
        code.reverse_zh, code.reverse_en = back_zh, back_en
        code.position = position
        yield code


@command(needs="code.edit")
def add_code(
    by: Actor, scheme: str, key: str, names: CodeNames, *, at: datetime
) -> Code:
    """
    Add an entry at the end of the list ``scheme``.

    :raises BadCode: for an unknown list, a key that is taken, or a missing name.
    """
    present = Code.objects.filter(scheme=scheme)
    if scheme not in SCHEMES or not key:
        raise _bad_key()
    _require_names(names, scheme)
    last = present.order_by("-position").values_list("position", flat=True).first()
    code = Code(scheme=scheme, key=key, position=(last or 0) + 1)
    _name(code, names)
    try:
        with transaction.atomic():
            code.save(force_insert=True)
    except IntegrityError as error:
        raise _bad_key() from error
    rearrange()
    nothing = dict.fromkeys(_AUDITED, "")
    changes = changes_of(CODE, nothing, _audited(code))
    publish(CodeAdded(**_about(code), at=at), changes=changes)
    return code


@command(needs="code.edit")
def change_code(
    by: Actor, code: Code, names: CodeNames, *, is_active: bool, at: datetime
) -> Code:
    """
    Rename ``code``, or stop offering it; customers that carry it keep it.

    :raises BadCode: for a missing name.
    :raises Denied: for a field that ``by`` may not write.
    """
    _require_names(names, code.scheme)
    code = Code.objects.select_for_update().get(pk=code.pk)
    before = _audited(code)
    _name(code, names)
    code.is_active = is_active
    changes = changes_of(CODE, before, _audited(code))
    if changes.keys() - CODE.writable(by):
        raise Denied(CODE.permission("edit"))
    if changes:
        code.save(update_fields=_AUDITED)
        rearrange()
        publish(CodeChanged(**_about(code), at=at), changes=changes)
    return code


def _bad_key() -> BadCode:
    return BadCode(_("Enter a key that no other entry has."), field="key")


def _audited(code: Code) -> dict[str, str]:
    """Return what the audit compares of an entry."""
    return {name: str(getattr(code, name)) for name in _AUDITED}


class _About(TypedDict):
    code_id: int
    scheme: str
    key: str


def _about(code: Code) -> _About:
    return {"code_id": code.pk, "scheme": code.scheme, "key": code.key}


def _name(code: Code, names: CodeNames) -> None:
    code.name_zh, code.name_en = names.zh, names.en
    code.reverse_zh, code.reverse_en = names.reverse_zh, names.reverse_en


def _require_names(names: CodeNames, scheme: str) -> None:
    is_tie = scheme == TIE_SCHEME
    if is_tie and not (names.reverse_zh and names.reverse_en):
        raise BadCode(
            _(
                "Enter what the relation is called from the other side, in both languages."
            ),
            field="reverse_zh",
        )
    if not all(0 < len(name) <= LONGEST_CODE_NAME for name in (names.zh, names.en)):
        raise BadCode(
            _("Enter a name in both languages, at most 60 characters each."),
            field="name_zh",
        )
