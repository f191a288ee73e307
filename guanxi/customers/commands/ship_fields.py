"""The fields of a person and of an organization that the product comes with."""

from dataclasses import dataclass

from guanxi.customers.commands.shipped_kinds import (
    KIND_FIELDS,
    KIND_GROUPS,
    Kind,
    KindField,
    shipped_kinds,
)
from guanxi.customers.models import CustomField, FieldGroup, Handling
from guanxi.customers.rules import Form
from guanxi.customers.rules.field import PREFIX, FieldKind, InfoKind
from guanxi.foundation.actor import Actor
from guanxi.foundation.arranged import rearrange
from guanxi.foundation.commands import command
from guanxi.foundation.policies import Privacy

PERSON, ORGANIZATION = Form.PERSON.value, Form.ORGANIZATION.value
TEXT, LONG = FieldKind.TEXT, FieldKind.PARAGRAPH
NUMBER, CHOICE = FieldKind.NUMBER, FieldKind.CHOICE
NONE, PERSONAL, SENSITIVE = Privacy.NONE, Privacy.PERSONAL, Privacy.SENSITIVE
DESCRIBES, BEHAVES = InfoKind.DESCRIPTIVE, InfoKind.BEHAVIORAL
RELATES = InfoKind.ASSOCIATED

_GROUPS = (
    ("self", PERSON, "本人信息", "About the person"),
    ("family", PERSON, "家庭信息", "Family"),
    ("career", PERSON, "事业信息", "Career"),
    ("attitude", PERSON, "态度信息", "Attitude"),
    ("behavior", PERSON, "行为信息", "Buying behavior"),
    ("basics", ORGANIZATION, "企业基本信息", "About the company"),
    ("business", ORGANIZATION, "业务情况", "Business"),
    ("dealings", ORGANIZATION, "交易情况", "Dealings with us"),
    ("responsible", ORGANIZATION, "负责人信息", "Person in charge"),
    *((key, "", zh, en) for key, zh, en in KIND_GROUPS),
)


@dataclass(frozen=True)
class _Shipped:
    """One field; ``choices`` are keys with both names, ``help`` says what it influences."""

    group: str
    key: str
    zh: str
    en: str
    kind: FieldKind = TEXT
    privacy: Privacy = NONE
    info_kind: InfoKind = DESCRIBES
    choices: tuple[tuple[str, str, str], ...] = ()
    help: tuple[str, str] = ("", "")


_SEXES = (("male", "男", "Male"), ("female", "女", "Female"))
_MARITAL = (
    ("single", "未婚", "Single"),
    ("married", "已婚", "Married"),
    ("divorced", "离异", "Divorced"),
    ("widowed", "丧偶", "Widowed"),
)
_EDUCATION = (
    ("school", "高中及以下", "Secondary school or less"),
    ("college", "大专", "College"),
    ("bachelor", "本科", "Bachelor"),
    ("master", "硕士及以上", "Master or more"),
)
_MOTIVES = (
    ("quality", "求实用、重质量", "Use and quality"),
    ("price", "求实惠、重价格", "Price"),
    ("brand", "追求品牌", "Brand"),
    ("novelty", "求新求异", "Novelty"),
    ("convenience", "求方便", "Convenience"),
)
_CHANNELS = (
    ("shop", "门店", "Shop"),
    ("web", "网店", "Web shop"),
    ("phone", "电话", "Phone"),
    ("sales", "销售人员上门", "Sales visit"),
    ("dealer", "经销商", "Dealer"),
)
_TERMS = (
    ("prepaid", "款到发货", "Prepaid"),
    ("on_delivery", "货到付款", "On delivery"),
    ("monthly", "月结", "Monthly account"),
    ("installments", "分期付款", "Installments"),
)
_FIELDS = (
    _Shipped("self", "gender", "性别", "Gender", CHOICE, PERSONAL, choices=_SEXES),
    _Shipped("self", "native_place", "籍贯", "Native place", TEXT, PERSONAL),
    _Shipped("self", "hobbies", "兴趣爱好", "Hobbies", TEXT, PERSONAL),
    _Shipped(
        "family", "marital", "婚姻状况", "Marital status", CHOICE, SENSITIVE,
        choices=_MARITAL,
    ),
    _Shipped("family", "family_members", "家庭成员", "Family members", LONG, SENSITIVE, RELATES),
    _Shipped("family", "children", "子女情况", "Children", TEXT, SENSITIVE, RELATES),
    _Shipped("career", "employer", "工作单位", "Employer", TEXT, PERSONAL, RELATES),
    _Shipped("career", "position", "职务", "Position", TEXT, PERSONAL),
    _Shipped("career", "income", "年收入（元）", "Yearly income", NUMBER, SENSITIVE),
    _Shipped(
        "attitude", "personality", "个性特点", "Personality", TEXT, PERSONAL,
        help=("影响购买速度和购买决策", "Influences how fast and how purchases are decided"),
    ),
    _Shipped(
        "attitude", "living", "生活情况", "Living conditions", TEXT, SENSITIVE,
        help=("影响购买目标", "Influences what is bought"),
    ),
    _Shipped(
        "attitude", "education", "受教育情况", "Education", CHOICE, PERSONAL,
        choices=_EDUCATION,
        help=("影响购买偏好和购买习惯", "Influences preferences and habits of buying"),
    ),
    _Shipped(
        "attitude", "outlook", "消费理念", "Outlook on consumption", TEXT, PERSONAL,
        help=(
            "影响对品牌、产品的感觉、态度和选择",
            "Influences feelings toward brands and products, and the choice",
        ),
    ),
    _Shipped("behavior", "motive", "购买动机", "Motive", CHOICE, NONE, BEHAVES, _MOTIVES),
    _Shipped("behavior", "categories", "常购种类", "Categories bought", TEXT, NONE, BEHAVES),
    _Shipped(
        "behavior", "buys_at", "购买途径", "Way of buying", CHOICE, NONE, BEHAVES, _CHANNELS
    ),
    _Shipped("basics", "capital", "注册资本（万元）", "Registered capital (10,000)", NUMBER),
    _Shipped("basics", "ownership", "企业性质", "Kind of ownership"),
    _Shipped("business", "main_business", "主营业务", "Main business", LONG),
    _Shipped("business", "market", "市场与竞争地位", "Market position", LONG),
    _Shipped("dealings", "terms", "结算方式", "Terms of payment", CHOICE, choices=_TERMS),
    _Shipped(
        "dealings", "performance", "合同履行情况", "Contract performance", LONG, NONE, BEHAVES
    ),
    _Shipped(
        "responsible", "head_name", "负责人姓名", "Name of the person in charge", TEXT,
        PERSONAL, RELATES,
    ),
    _Shipped(
        "responsible", "head_style", "决策风格", "Style of decision", TEXT, PERSONAL, RELATES
    ),
    _Shipped(
        "responsible", "head_hobbies", "负责人爱好", "Hobbies of the person in charge", TEXT,
        PERSONAL, RELATES,
    ),
)  # fmt: skip


@command(needs="custom_field.edit")
def ship_fields(by: Actor) -> None:
    """Add the groups and fields the product comes with, where they are missing."""
    shipped = {PREFIX + one.key for one in (*_FIELDS, *KIND_FIELDS)}
    missing = shipped - set(CustomField.objects.values_list("key", flat=True))
    if missing:
        _ship_groups()
        _ship_missing(missing)
        _ship_handlings(missing)
        rearrange()


def _ship_groups() -> None:
    FieldGroup.objects.bulk_create(
        [
            FieldGroup(key=key, form=form, name_zh=zh, name_en=en, position=at)
            for at, (key, form, zh, en) in enumerate(_GROUPS)
        ],
        ignore_conflicts=True,
    )


def _ship_missing(missing: set[str]) -> None:
    groups = {group.key: group for group in FieldGroup.objects.all()}
    fields = [_field(one, groups[one.group], at) for at, one in enumerate(_FIELDS)]
    fields += [_kinds(one, groups[one.group], at) for at, one in enumerate(KIND_FIELDS)]
    CustomField.objects.bulk_create(
        [field for field in fields if field.key in missing], ignore_conflicts=True
    )


def _ship_handlings(missing: set[str]) -> None:
    """Say how the kinds of the ``missing`` fields are treated; the rest is the house's."""
    fields = {field.key: field for field in CustomField.objects.filter(key__in=missing)}
    Handling.objects.bulk_create(
        [
            _handling(kind, fields[PREFIX + one.key])
            for one, kind in shipped_kinds()
            if PREFIX + one.key in missing
        ],
        ignore_conflicts=True,
    )


def _field(one: _Shipped, group: FieldGroup, position: int) -> CustomField:
    return CustomField(
        group=group,
        key=PREFIX + one.key,
        kind=one.kind,
        name_zh=one.zh,
        name_en=one.en,
        help_zh=one.help[0],
        help_en=one.help[1],
        choices=[{"key": k, "zh": zh, "en": en} for k, zh, en in one.choices],
        privacy=one.privacy.value,
        info_kind=one.info_kind,
        position=position,
    )


def _kinds(one: KindField, group: FieldGroup, position: int) -> CustomField:
    """Return a field of kinds; what the house judges of somebody tells of behavior."""
    kind = FieldKind.CHOICE if one.is_choice else FieldKind.BOOLEAN
    choices = [(kind.key, *kind.names) for kind in one.kinds if one.is_choice]
    return CustomField(
        group=group,
        key=PREFIX + one.key,
        kind=kind,
        name_zh=one.names.zh,
        name_en=one.names.en,
        choices=[{"key": k, "zh": zh, "en": en} for k, zh, en in choices],
        info_kind=BEHAVES,
        position=position,
    )


def _handling(kind: Kind, field: CustomField) -> Handling:
    texts = {
        f"{name}_{language}": text
        for name in ("description", "tip", "statement")
        for language, text in zip(("zh", "en"), getattr(kind, name), strict=True)
    }
    return Handling(
        field=field,
        choice=kind.key,
        policy=kind.policy or "",
        days=kind.days,
        channel=kind.channel or "",
        **texts,
    )
