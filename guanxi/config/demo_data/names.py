"""Invented persons, companies, places and numbers. Nobody real is meant."""

from dataclasses import dataclass
from random import Random


def _words(text: str) -> list[str]:
    """Return the words of a block of text."""
    return text.split()


# Frequent surnames, weighted by how often they stand; some of them are read otherwise
# than the character elsewhere, and some have two characters.
_SURNAMES = {
    "王": 70, "李": 70, "张": 65, "刘": 52, "陈": 46, "杨": 32, "黄": 24, "赵": 24,
    "周": 22, "吴": 22, "徐": 16, "孙": 16, "马": 14, "朱": 14, "胡": 14, "林": 14,
    "郭": 13, "何": 13, "高": 12, "罗": 11, "郑": 11, "梁": 10, "谢": 10, "宋": 10,
    "唐": 9, "许": 9, "邓": 8, "韩": 8, "冯": 8, "曹": 8, "彭": 7, "曾": 7, "肖": 7,
    "田": 6, "董": 6, "潘": 6, "袁": 6, "蔡": 6, "蒋": 6, "余": 6, "于": 5, "杜": 5,
    "叶": 5, "程": 5, "魏": 5, "苏": 5, "吕": 5, "丁": 5, "任": 5, "卢": 4, "姚": 4,
    "沈": 4, "钟": 4, "姜": 4, "崔": 4, "谭": 4, "陆": 4, "范": 4, "汪": 4, "廖": 4,
    "石": 3, "金": 3, "韦": 3, "贾": 3, "夏": 3, "付": 3, "方": 3, "邹": 3, "熊": 3,
    "白": 3, "孟": 3, "秦": 3, "邱": 3, "侯": 3, "江": 3, "尹": 2, "薛": 2, "闫": 2,
    "段": 2, "雷": 2, "龙": 2, "黎": 2, "史": 2, "陶": 2, "贺": 2, "毛": 2, "郝": 2,
    "单": 2, "解": 2, "仇": 1, "查": 1, "区": 1, "朴": 1, "翟": 1, "缪": 1, "覃": 1,
    "欧阳": 3, "上官": 1, "司马": 1, "诸葛": 1, "皇甫": 1, "尉迟": 1, "令狐": 1, "慕容": 1,
}  # fmt: skip
_GIVEN = _words(
    """
    伟 芳 娜 敏 静 丽 强 磊 洋 艳 勇 军 杰 娟 涛 超 明 霞 平 刚 桂英 秀兰 建国 建华
    志强 志远 晓燕 晓峰 海燕 海涛 雪梅 春梅 文博 文静 思远 思琪 雨桐 雨欣 子涵 子昂
    梓萱 梓轩 浩然 浩宇 宇航 宇轩 欣怡 欣悦 佳怡 佳宁 诗涵 诗琪 俊杰 俊豪 嘉怡 嘉豪
    一诺 一鸣 可欣 语嫣 若曦 若溪 清扬 明轩 书瑶 书豪 静怡 安琪 安然 乐天 乐瑶 天佑
    国庆 长生 重阳 朝阳 晨曦 慧敏 慧玲 丽华 丽娟 建军 建平 立新 立群 红梅 红霞 永强
    玉兰 玉珍 淑珍 淑华 凤英 家豪 家欣 少华 少芬 启航 启明 景行 望舒 知夏 知秋 予安
    """
)
# Characters that old software loses: outside of GB2312, one of them outside the BMP.
_RARE_GIVEN = ("喆", "玥彤", "堃", "珺", "犇", "䶮", "㛃", "𠮷", "镕", "翀", "昇", "祎")

_CITIES = (
    ("上海市", "上海", ("浦东新区", "闵行区", "徐汇区", "静安区"), 14),
    ("江苏省", "苏州", ("姑苏区", "吴中区", "工业园区"), 8),
    ("江苏省", "南京", ("鼓楼区", "建邺区", "江宁区"), 7),
    ("浙江省", "杭州", ("西湖区", "滨江区", "余杭区"), 10),
    ("浙江省", "宁波", ("海曙区", "鄞州区"), 5),
    ("北京市", "北京", ("朝阳区", "海淀区", "丰台区", "通州区"), 12),
    ("天津市", "天津", ("和平区", "南开区", "滨海新区"), 5),
    ("河北省", "石家庄", ("长安区", "裕华区"), 3),
    ("山东省", "青岛", ("市南区", "崂山区"), 5),
    ("山东省", "济南", ("历下区", "历城区"), 4),
    ("广东省", "广州", ("天河区", "越秀区", "番禺区"), 7),
    ("广东省", "深圳", ("南山区", "福田区", "宝安区"), 7),
    ("四川省", "成都", ("武侯区", "锦江区", "高新区"), 6),
    ("重庆市", "重庆", ("渝北区", "渝中区"), 4),
    ("湖北省", "武汉", ("武昌区", "洪山区"), 4),
    ("陕西省", "西安", ("雁塔区", "未央区"), 4),
    ("福建省", "厦门", ("思明区", "湖里区"), 3),
    ("湖南省", "长沙", ("岳麓区", "雨花区"), 3),
)
EAST = frozenset({"上海", "苏州", "南京", "杭州", "宁波"})
NORTH = frozenset({"北京", "天津", "石家庄", "青岛", "济南"})

_STREETS = _words(
    """
    人民路 中山路 解放路 建设路 新华路 文化路 和平路 青年路 香樟路 梧桐路
    """
)
_COMPANY_WORDS = _words(
    """
    栖云 山葵 竹间 白鹿 禾木 南枝 海棠 拾光 青禾 云见 松间 知白 见素 木棉 长乐 望江
    和风 听澜 溪山 北辰 晴川 墨白 半夏 初见 安屿 沐阳 乐居 重明 行知 朝露 银杏 新桥
    远山 星野 麦田 橡果 鹿鸣 观澜 同里 澄明 暖冬 石榴 霁月 小满 谷雨 天目 兰亭 桐庐
    """
)
_TRADES = (
    ("酒店管理有限公司", "酒店与民宿"),
    ("民宿有限公司", "酒店与民宿"),
    ("装饰设计有限公司", "装修设计"),
    ("建筑设计事务所", "装修设计"),
    ("餐饮管理有限公司", "餐饮"),
    ("教育科技有限公司", "教育"),
    ("科技有限公司", "互联网"),
    ("物业服务有限公司", "物业"),
    ("医疗管理有限公司", "医疗健康"),
    ("文化传媒有限公司", "文化传媒"),
    ("家居商贸有限公司", "家居零售"),
    ("贸易有限公司", "批发贸易"),
)
DEALER_TRADES = frozenset({"家居零售", "批发贸易"})
# Prefixes of mobile numbers that no operator has given out: nobody is called by them.
_PREFIXES = ("154", "161", "163", "164", "168", "169")


@dataclass(frozen=True)
class Home:
    """Where somebody lives or trades."""

    province: str
    city: str
    district: str
    street: str


@dataclass(frozen=True)
class Company:
    """The name of an organization and what it does."""

    name: str
    short_name: str
    industry: str


class Names:
    """Draws names and numbers; no telephone number and no company comes twice."""

    def __init__(self, random: Random) -> None:
        self._random = random
        self._numbers: set[str] = set()
        self._companies: set[str] = set()

    def person(self) -> str:
        """Return surname and given name; one of forty has a rare character."""
        surname = self._random.choices(list(_SURNAMES), list(_SURNAMES.values()))[0]
        is_rare = self._random.random() < 1 / 40
        return surname + self._random.choice(_RARE_GIVEN if is_rare else _GIVEN)

    def company(self, city: str, *, is_dealer: bool) -> Company:
        """Return a company of ``city``."""
        fitting = [t for t in _TRADES if (t[1] in DEALER_TRADES) is is_dealer]
        while True:
            word = self._random.choice(_COMPANY_WORDS)
            if self._random.random() < 0.5:
                word += self._random.choice(_COMPANY_WORDS)
            ending, industry = self._random.choice(fitting)
            name = f"{city}{word}{ending}"
            if name not in self._companies:
                self._companies.add(name)
                return Company(name, word, industry)

    def home(self) -> Home:
        """Return a place, more often a large one."""
        province, city, districts, _weight = self._random.choices(
            _CITIES, [row[3] for row in _CITIES]
        )[0]
        street = f"{self._random.choice(_STREETS)}{self._random.randint(1, 998)}号"
        return Home(province, city, self._random.choice(districts), street)

    def mobile(self) -> str:
        """Return a mobile number that belongs to nobody."""
        while True:
            tail = f"{self._random.randrange(10**8):08d}"
            number = self._random.choice(_PREFIXES) + tail
            if number not in self._numbers:
                self._numbers.add(number)
                return number
