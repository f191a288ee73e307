"""What the invented customers say in the fields that the product comes with."""

from collections.abc import Sequence
from datetime import date, timedelta
from random import Random

from guanxi.customers.rules.birthday import LunarDay

_HOBBIES = ("旅行", "摄影", "烘焙", "羽毛球", "读书", "园艺", "露营", "书法")
_EMPLOYERS = ("市第一中学", "某设计事务所", "区人民医院", "一家互联网公司", "自由职业")
_POSITIONS = ("教师", "设计师", "医生", "工程师", "会计", "店主")
_OUTLOOKS = ("看重环保和耐用", "喜欢简约风格", "讲究性价比", "愿意为设计付费")
_BUSINESS = ("办公家具销售与安装", "酒店客房翻新", "样板间软装", "连锁门店陈列")
_STYLES = ("看数据，比三家", "重交情，决定快", "层层上报，周期长")
# How many of ten customers are known this well.
_KNOWN = 6
_EARLIEST, _BORN_WITHIN = date(1955, 1, 1), 45 * 365
# Mostly older people keep to the moon.
_LUNAR_SHARE = 0.2


def draw_extra(number: int, *, is_person: bool) -> dict[str, str | bool]:
    """Return the values of added fields of the customer ``number``, the same each time."""
    random = Random(number)  # noqa: S311 -- a play, not a secret
    if random.randrange(10) >= _KNOWN:
        return {}
    return _person(random) if is_person else _organization(random)


def draw_birthday(number: int) -> tuple[date | None, str]:
    """Return the birthday of the person ``number``: solar, lunar as well, or unknown."""
    random = Random(f"birthday {number}")  # noqa: S311 -- a play, not a secret
    if random.randrange(10) >= _KNOWN:
        return None, ""
    born = _EARLIEST + timedelta(days=random.randrange(_BORN_WITHIN))
    if random.random() >= _LUNAR_SHARE:
        return born, ""
    return born, LunarDay(random.randint(1, 12), random.randint(1, 29)).stored


def _person(random: Random) -> dict[str, str | bool]:
    return {
        "x_gender": random.choice(("male", "female")),
        "x_hobbies": "、".join(random.sample(_HOBBIES, 2)),
        "x_employer": random.choice(_EMPLOYERS),
        "x_position": random.choice(_POSITIONS),
        "x_education": random.choice(("college", "bachelor", "master")),
        "x_outlook": random.choice(_OUTLOOKS),
        "x_motive": random.choice(("quality", "price", "brand", "convenience")),
        "x_buys_at": random.choice(("shop", "web", "web", "phone")),
        "x_psychology": random.choice(("pragmatic", "brand", "aesthetic", "novelty")),
        "x_character": random.choice(("friendly", "assertive", "analytical")),
        **_online(random),
        **_relationship(random, ("basic", "passive", "passive", "responsible")),
    }


def _organization(random: Random) -> dict[str, str | bool]:
    return {
        "x_capital": str(random.choice((50, 100, 200, 500, 1000, 3000))),
        "x_main_business": random.choice(_BUSINESS),
        "x_terms": random.choice(("prepaid", "on_delivery", "monthly", "installments")),
        "x_head_style": random.choice(_STYLES),
        **_relationship(random, ("responsible", "active", "partner")),
    }


def _online(random: Random) -> dict[str, str | bool]:
    """Return what is known of whom the shop has talked with: one in three."""
    if random.randrange(3):
        return {}
    return {
        "x_shop_visitor": random.choice(("social", "buying", "polite", "haggling")),
        "x_shopper": random.choice(("first", "bargain", "reluctant", "driven")),
    }


def _relationship(random: Random, types: Sequence[str]) -> dict[str, str | bool]:
    """Return the type of relationship where it was decided: one in four."""
    return {} if random.randrange(4) else {"x_relationship": random.choice(types)}
