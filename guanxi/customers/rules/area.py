"""Which province a landline or a resident ID number is of, by its first digits."""

from collections.abc import Mapping
from functools import cache

# Area codes (长途区号) of the national numbering plan, after the leading zero.
_AREAS = """
    北京 10
    上海 21
    天津 22
    重庆 23
    河北 310-319 335
    山西 349-359
    内蒙古 470-479 482 483
    辽宁 24 410-419 421 427 429
    吉林 431-440
    黑龙江 451-459 464 467-469
    江苏 25 510-519 523 527
    浙江 570-580
    安徽 550-566
    福建 591-599
    江西 701 790-799
    山东 530-539 543 546 631-635
    河南 370-379 391-398
    湖北 27 710-719 722 724 728
    湖南 730-739 743-746
    广东 20 660 662 663 668 750-769
    广西 770-779
    海南 898
    四川 28 812 813 816-818 825-827 830-839
    贵州 851-859
    云南 691 692 870-879 883 886-888
    西藏 891-897
    陕西 29 910-917 919
    甘肃 930-939 941 943
    青海 970-979
    宁夏 951-955
    新疆 901-903 906 908 909 990-999
"""
# The first two digits of a code of divisions (GB/T 2260).
_DIVISIONS = """
    11 北京 12 天津 13 河北 14 山西 15 内蒙古 21 辽宁 22 吉林 23 黑龙江 31 上海 32 江苏
    33 浙江 34 安徽 35 福建 36 江西 37 山东 41 河南 42 湖北 43 湖南 44 广东 45 广西 46 海南
    50 重庆 51 四川 52 贵州 53 云南 54 西藏 61 陕西 62 甘肃 63 青海 64 宁夏 65 新疆 71 台湾
    81 香港 82 澳门
"""


# What may stand behind the name of a province.
RANKS = (
    *("", "省", "市", "自治区", "壮族自治区", "回族自治区", "维吾尔自治区"),
    "特别行政区",
)


@cache
def area_provinces() -> Mapping[str, str]:
    """Return the province of each area code, which is written without its zero."""
    found = {}
    for line in _AREAS.split("\n"):
        province, *spans = line.split() or [""]
        for span in spans:
            first, _dash, last = span.partition("-")
            for code in range(int(first), int(last or first) + 1):
                found[str(code)] = province
    return found


@cache
def division_provinces() -> Mapping[str, str]:
    """Return the province of each first two digits of a resident ID number."""
    words = _DIVISIONS.split()
    return dict(zip(words[::2], words[1::2], strict=True))
