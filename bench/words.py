"""Chinese names for a made-up world: common surnames and characters, as often as usual."""

import numpy as np

SURNAMES = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗郑梁谢宋唐许韩冯邓曹彭曾肖田董潘袁蔡蒋余"
    "于杜叶程魏苏吕丁任沈姚卢姜崔钟谭陆汪范金石廖贾夏韦付方白邹孟熊秦邱江尹薛闫段雷侯"
    "龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤"
)
GIVEN = (
    "伟芳娜敏静丽强磊军洋勇艳杰涛明超秀霞平刚桂英华玉兰建国文辉力红梅俊峰婷雪琳宇浩然欣怡"
    "子轩梓涵雨泽一诺佳琪思远博晨阳志鹏海波晓东春燕凤珍淑云慧莉萍飞龙斌凯鑫健翔帆旭彬亮"
    "成林森楠璐瑶颖倩蕾薇冰洁露茜瑞祥福贵荣昌盛安康宁乐天佑嘉懿美珊珠翠环香月莺媛素真爱"
)
TRADES = (
    "科技",
    "贸易",
    "电子",
    "机械",
    "食品",
    "建材",
    "医药",
    "物流",
    "服饰",
    "传媒",
)
CITIES = (
    ("海南省", "三亚市"),
    ("甘肃省", "兰州市"),
    ("山西省", "太原市"),
    ("云南省", "昆明市"),
    ("辽宁省", "沈阳市"),
    ("福建省", "厦门市"),
    ("安徽省", "合肥市"),
    ("山东省", "青岛市"),
    ("湖南省", "长沙市"),
    ("陕西省", "西安市"),
    ("江苏省", "南京市"),
    ("湖北省", "武汉市"),
    ("四川省", "成都市"),
    ("浙江省", "杭州市"),
    ("重庆市", "重庆市"),
    ("广东省", "广州市"),
    ("广东省", "深圳市"),
    ("北京市", "北京市"),
    ("上海市", "上海市"),
)


class Names:
    """Names drawn from ``rng``: the earlier a character stands above, the more often."""

    def __init__(self, rng: np.random.Generator) -> None:
        self._rng = rng

    def persons(self, count: int) -> list[str]:
        """Return names of two and three characters; some of them come often."""
        surnames = self._drawn(SURNAMES, count)
        first, second = self._drawn(GIVEN, count), self._drawn(GIVEN, count)
        is_short = self._rng.random(count) < 0.15
        parts = zip(surnames, first, second, is_short, strict=True)
        return [f"{s}{a}" if short else f"{s}{a}{b}" for s, a, b, short in parts]

    def companies(self, count: int) -> list[str]:
        """Return names of companies: city, two characters, trade."""
        cities = self._rng.integers(0, len(CITIES), count)
        trades = self._rng.integers(0, len(TRADES), count)
        pairs = zip(self._drawn(GIVEN, count), self._drawn(GIVEN, count), strict=True)
        return [
            f"{CITIES[c][1][:-1]}{a}{b}{TRADES[t]}有限公司"
            for c, t, (a, b) in zip(cities, trades, pairs, strict=True)
        ]

    def _drawn(self, characters: str, count: int) -> list[str]:
        places = (self._rng.random(count) ** 2 * len(characters)).astype(int)
        return [characters[i] for i in places]
