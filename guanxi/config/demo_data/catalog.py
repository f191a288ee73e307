"""What the invented company sells."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True)
class Good:
    """
    One product: code, name, category, unit, list price and cost in yuan.

    ``words`` are what it has, what that does, and what one gains by it.
    """

    code: str
    name: str
    category: str
    unit: str
    price: Decimal
    cost: Decimal
    words: tuple[str, str, str]


# Code and name of the category, its unit, what its goods cost us of their price, and
# its goods with their prices.
_SHELVES = (
    ("SF", "沙发", "套", "0.52", "云朵布艺三人沙发 4999, 云朵布艺双人沙发 3699, 意式真皮转角沙发 12800, "
     "北欧单人休闲椅 1299, 功能沙发（电动） 6880, 懒人沙发 459, 儿童沙发 599, 沙发床 2680"),
    ("CJ", "床具", "张", "0.55", "白蜡木双人床1.8米 3980, 白蜡木双人床1.5米 3380, 软包储物床 4580, "
     "儿童高低床 5280, 乳胶床垫 2980, 独立弹簧床垫 2180, 床头柜 699, 折叠客床 890"),
    ("CZ", "餐桌椅", "件", "0.54", "岩板餐桌1.6米 3280, 实木伸缩餐桌 2880, 圆形餐桌1.35米 2480, "
     "藤编餐椅 498, 软包餐椅 428, 吧台椅 368, 会议桌2.4米 3980, 洽谈圆桌 980"),
    ("GL", "柜类", "组", "0.50", "餐边柜 1980, 电视柜2.2米 2380, 四门衣柜 4980, 定制书柜 5680, "
     "玄关鞋柜 1480, 五斗柜 1680, 文件柜 860, 酒柜 2980"),
    ("DJ", "灯具", "盏", "0.45", "纸艺落地灯 599, 黄铜吊灯 1280, 护眼台灯 329, 轨道射灯 139, "
     "吸顶灯 459, 壁灯 239, 水晶吊灯 3680"),
    ("BY", "布艺", "件", "0.42", "亚麻窗帘（定制） 880, 遮光窗帘 580, 羊毛地毯1.6×2.3米 1580, "
     "短绒地毯 680, 四件套 599, 抱枕 79, 盖毯 169"),
    ("SN", "收纳", "件", "0.40", "折叠收纳箱 59, 衣物收纳袋（五件） 89, 置物架 269, 洞洞板套装 199, "
     "脏衣篮 119, 厨房收纳架 159"),
    ("JS", "家饰", "件", "0.38", "装饰画（三联） 399, 陶瓷花瓶 149, 香薰蜡烛 99, 落地镜 459, "
     "挂钟 189, 仿真绿植 239"),
    ("FW", "服务", "次", "0.70", "送货上楼 120, 安装服务 180, 沙发清洗 299, 旧家具回收 150"),
)  # fmt: skip
# What is told of the goods of a shelf: what they have, what that does, what one gains.
SAID: Mapping[str, tuple[str, str, str]] = {
    "沙发": (
        "落叶松框架，45 密度海绵，可拆洗布套",
        "久坐不塌，布套能直接机洗",
        "有孩子、养宠物的家庭也不怕脏，十年不用换",
    ),
    "床具": (
        "整根白蜡木，水性漆，静音床板条",
        "翻身没有声响，甲醛低于国标一半",
        "全家睡得安稳，新房当天就能入住",
    ),
    "餐桌椅": (
        "12 毫米岩板台面，碳钢桌腿",
        "热锅直接放，刀划不留痕",
        "不用铺桌布，饭后一擦就干净",
    ),
    "柜类": (
        "ENF 级板材，阻尼铰链，背板嵌槽",
        "关门无声，受潮不变形",
        "装好不用散味，质保期内免费调门",
    ),
    "灯具": (
        "显色指数 95 以上，无频闪驱动",
        "颜色看得准，久看不累",
        "孩子写作业、晚上看书都护眼",
    ),
}
BULKY = frozenset({"沙发", "床具", "餐桌椅", "柜类"})
SERVICES = "服务"


def goods() -> list[Good]:
    """Return all products, shelf by shelf."""
    found = []
    for key, category, unit, share, listed in _SHELVES:
        for number, entry in enumerate(listed.split(", "), 1):
            name, _blank, price = entry.rpartition(" ")
            cost = (Decimal(price) * Decimal(share)).quantize(Decimal("0.01"))
            found.append(
                Good(
                    f"MY-{key}-{number:02d}",
                    name,
                    category,
                    unit,
                    Decimal(price),
                    cost,
                    SAID.get(category, ("", "", "")),
                )
            )
    return found
