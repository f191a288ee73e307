"""What of a party is compared: its name taken apart, so that spellings of one meet."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from guanxi.customers.rules import Form
from guanxi.customers.rules.name import core_name, names_company
from guanxi.foundation.names import (
    COMPOUND_SURNAMES,
    LONGEST_PERSON,
    pinyin_forms,
    split_name,
)

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
# Who is called so has told the whole name; 开心果 and 小王 have not.
_SURNAMES = COMPOUND_SURNAMES | frozenset(
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖萧田董袁潘于蒋"
    "蔡余杜叶程苏魏吕丁任沈姚卢姜崔钟谭陆汪范金石廖贾夏韦付傅方白邹孟熊秦邱江尹薛闫阎"
    "段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤常温康施文牛樊葛邢安齐易乔伍庞颜倪"
    "庄聂章鲁岳翟殷詹申欧耿关兰焦俞左柳甘祝包宁尚符舒阮柯纪梅童凌毕单季裴霍涂成苗谷盛"
    "曲翁冉骆蓝路游辛靳管柴蒙鲍华喻祁蒲房滕屈饶解牟艾尤阳时穆农司卓古吉缪简车项连芦麦"
    "褚娄窦戚岑景党宫费卜冷晏席卫米柏宗瞿桂全佟应臧闵苟邬边卞姬师和仇栾隋商刁沙荣巫寇"
    "桑郎甄丛仲虞敖巩明佘池查麻苑迟邝官封谈匡鞠惠荆乐冀郁胥南班储原栗燕楚鄢劳谌奚皮粟"
    "冼蔺楼盘满闻位厉伊仝区郜海阚花权强帅屠豆朴盖练廉禹井祖漆巴丰支卿国狄平计索宣晋相"
    "初门云容敬来扈晁芮都普阙浦戈伏鹿薄邸雍辜羊乌母裘亓修邰赫杭况那宿鲜印逯隆茹战慕危"
    "玉银亢嵇公哈湛宾戎勾茅利於呼居揭干但尉冶元束檀衣信展阴昝智幸奉植衡富尧闭由邾郇"
)
_TITLE = re.compile(
    r"(?:先生|女士|小姐|太太|夫人|老师|老板|经理|主任|医生|师傅|同学|总|工|姐|哥|叔|姨|某+)$"
)
_SPACES = re.compile(r"[\W_]+")
SHORTEST_BRAND = 2
LONGEST_GIVEN = 2


@dataclass(frozen=True, slots=True)
class NameParts:
    """
    One name as it is compared.

    ``core`` is its spelling without legal endings, ``sound`` its pinyin, ``tokens`` its
    syllables or words in one order whatever the order of the name; ``surname`` and
    ``given`` sound apart. ``full`` is "1" for a Chinese name with surname and given
    name, as it stands in an identity card. Of companies ``brand`` is the part that is their own and
    ``branch`` which of their places it is.
    """

    form: str
    core: str
    sound: str
    tokens: str
    surname: str = ""
    given: str = ""
    full: str = ""
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
        full="1" if _is_full(surname, given) else "",
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


def _is_full(surname: str, given: str) -> bool:
    is_given = 1 <= len(given) <= LONGEST_GIVEN and not given.isascii()
    return surname in _SURNAMES and is_given and not _TITLE.search(given)


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
