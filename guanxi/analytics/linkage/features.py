"""What of a party is compared: its name taken apart, so that spellings of one meet."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from guanxi.customers.rules import Form
from guanxi.customers.rules.name import core_name, names_company
from guanxi.foundation.names import LONGEST_PERSON, pinyin_forms, split_name

# The branch of a company is a place of its own: 北京分公司, 第二营业部, 浦东支行.
_BRANCH = re.compile(
    r"(?<=公司)(.{0,10}(?:分公司|分店|分行|支行|分部|营业部|办事处|经营部))$"
    r"|(?<=.)((?:第?[0-9一二三四五六七八九十]+)?"
    r"(?:分公司|分店|分行|支行|分部|营业部|办事处|经营部))$"
)
# What stands before and behind the part of a company's name that is its own.
_PLACES = (
    "北京 上海 天津 重庆 广州 深圳 杭州 南京 苏州 成都 武汉 西安 长沙 郑州 青岛 宁波 厦门 济南 合肥 "
    "福州 沈阳 大连 昆明 无锡 佛山 东莞 石家庄 太原 哈尔滨 长春 南昌 贵阳 南宁 海口 兰州 西宁 银川 "
    "乌鲁木齐 拉萨 呼和浩特 河北 山西 辽宁 吉林 黑龙江 江苏 浙江 安徽 福建 江西 山东 河南 湖北 湖南 "
    "广东 海南 四川 贵州 云南 陕西 甘肃 青海 内蒙古 广西 西藏 宁夏 新疆 中国"
)
_PLACE = re.compile(rf"^(?:{'|'.join(_PLACES.split())})(?:省|市|自治区)?")
_BRACKETS = re.compile(r"[（(][^）)]*[）)]")
_TRADE = re.compile(
    r"(?:网络|信息|电子|生物|新能源|智能)?(?:科技|技术|贸易|商贸|实业|投资|控股|发展|咨询|服务|管理|文化|传媒|"
    r"文化传媒|物流|食品|餐饮|服饰|服装|建材|建筑|装饰|机械|设备|电器|医药|医疗器械|教育|广告|物业服务|物业|"
    r"工程|制造|化工|家具|酒店|旅游)+$"
)
_SPACES = re.compile(r"[\W_]+")
SHORTEST_BRAND = 2


@dataclass(frozen=True, slots=True)
class NameParts:
    """
    One name as it is compared.

    ``core`` is its spelling without legal endings, ``sound`` its pinyin, ``tokens`` its
    syllables or words in one order whatever the order of the name; ``surname`` and
    ``given`` sound apart. Of companies ``brand`` is the part that is their own and
    ``branch`` which of their places it is.
    """

    form: str
    core: str
    sound: str
    tokens: str
    surname: str = ""
    given: str = ""
    brand: str = ""
    branch: str = ""


def name_parts(form: str, name: str) -> NameParts:
    """Return ``name`` taken apart; a company entered as a person is a company."""
    if form == Form.ORGANIZATION or names_company(name):
        return _company(name)
    core = core_name(Form.PERSON, name)
    surname, given = split_name(name)
    return NameParts(
        form=Form.PERSON,
        core=core,
        sound=_sound(core),
        tokens=_tokens(name, core),
        surname=_sound(_SPACES.sub("", surname.lower())),
        given=_sound(_SPACES.sub("", given.lower())),
    )


def columns_of(rows: Iterable[tuple[str, str]]) -> Mapping[str, Sequence[str]]:
    """Return the parts of many (form, name), column by column."""
    parts = [name_parts(form, name) for form, name in rows]
    names = NameParts.__slots__
    return {name: [getattr(part, name) for part in parts] for name in names}


def _company(name: str) -> NameParts:
    plain = _BRACKETS.sub("", name) or name
    found = _BRANCH.search(plain.strip())
    branch = (found.group(1) or found.group(2)) if found else ""
    whole = plain.strip()[: found.start()] if found else plain
    core = core_name(Form.ORGANIZATION, whole)
    own = _PLACE.sub("", core)
    brand = _TRADE.sub("", own)
    brand = next((b for b in (brand, own, core) if len(b) >= SHORTEST_BRAND), core)
    return NameParts(
        form=Form.ORGANIZATION,
        core=core,
        sound=_sound(core),
        tokens=_sound(brand),
        brand=brand,
        branch=branch,
    )


def _sound(text: str) -> str:
    return pinyin_forms(text).full or text


def _tokens(name: str, core: str) -> str:
    """Return the syllables of a Chinese name, or the words of another, in one order."""
    if core.isascii():
        return "".join(sorted(word for word in _SPACES.split(name.lower()) if word))
    if len(core) > LONGEST_PERSON:
        return core
    return "".join(sorted(_syllable(character) for character in core))


@lru_cache(maxsize=20_000)
def _syllable(character: str) -> str:
    return _sound(character)


def street_key(text: str) -> str:
    """Return a street with its numbers, written in one way."""
    return _SPACES.sub("", text.lower())
