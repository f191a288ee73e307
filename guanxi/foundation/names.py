"""
Chinese names: surname and given name, pinyin for search, a key for sorting, a mask.

Readings come from pypinyin's dictionaries. Only what those do not know is written here:
surnames that are read otherwise than the character, and the characters common in names
that have more than one living reading. Readings are written with a tone number, 5 being
the neutral tone; ``v`` stands for ü, as on a keyboard.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import chain

# A person's name has at most four characters: two of surname, two of given name.
# Longer Chinese text is taken for the name of a company.
LONGEST_PERSON = 4
LONGEST_PHRASE = 4
# A key must fit an index row (2,700 bytes): sixty characters are at most 780 bytes.
SORTED_CHARACTERS = 60
SPOKEN_CHARACTERS = 100
# Three characters with two readings each. More would swell the search column for names
# that nobody types in a wrong reading.
MOST_VARIANTS = 8
# Among some thousand people a third share their name with somebody.
REMEMBERED_NAMES = 8192

_COMPOUND_SURNAMES = """
    欧阳 太史 端木 上官 司马 东方 独孤 南宫 万俟 闻人 夏侯 诸葛 尉迟 公羊 赫连 澹台 皇甫
    宗政 濮阳 公冶 太叔 申屠 公孙 慕容 仲孙 钟离 长孙 宇文 司徒 鲜于 司空 闾丘 子车 亓官
    司寇 巫马 公西 颛孙 壤驷 公良 漆雕 乐正 宰父 谷梁 拓跋 夹谷 轩辕 令狐 段干 百里 呼延
    东郭 南门 羊舌 微生 公户 公玉 公仪 梁丘 公仲 公上 公门 公山 公坚 左丘 公伯 西门 公祖
    第五 公乘 贯丘 公皙 南荣 东里 东宫 仲长 子书 子桑 即墨 达奚 褚师 纳兰 贺兰 完颜 耶律
    单于 哥舒 斛律 宿勤 叶赫 爱新 富察
    歐陽 端木 司馬 東方 獨孤 南宮 萬俟 聞人 諸葛 尉遲 赫連 澹臺 濮陽 公孫 鍾離 長孫 鮮于
    閭丘 巫馬 樂正 穀梁 夾谷 軒轅 東郭 納蘭 賀蘭 完顏 單于
"""
COMPOUND_SURNAMES = frozenset(_COMPOUND_SURNAMES.split())


def _table(text: str) -> dict[str, tuple[str, ...]]:
    """Return ``{characters: readings}`` from rows of ``characters reading …;``."""
    rows = (row.split() for row in text.split(";"))
    return {row[0]: tuple(row[1:]) for row in rows}


# The reading as a surname first, then the readings that people type by mistake.
_SURNAMES = _table("""
单 shan4 dan1; 單 shan4 dan1; 曾 zeng1 ceng2; 仇 qiu2 chou2; 解 xie4 jie3; 查 zha1 cha2;
朴 piao2 pu3; 区 ou1 qu1; 區 ou1 qu1; 任 ren2 ren4; 华 hua4 hua2; 華 hua4 hua2; 盖 ge3 gai4;
蓋 ge3 gai4; 种 chong2 zhong3; 员 yun4 yuan2; 員 yun4 yuan2; 乐 yue4 le4; 樂 yue4 le4;
翟 zhai2 di2; 黑 he4 hei1; 折 she2 zhe2; 缪 miao4 mou2; 繆 miao4 mou2; 覃 qin2 tan2;
秘 bi4 mi4; 祭 zhai4 ji4; 召 shao4 zhao4; 隗 wei3 kui2; 乜 nie4 mie1; 重 chong2 zhong4;
洗 xian3 xi3; 那 na1; 宁 ning4 ning2; 哈 ha3 ha1; 燕 yan1 yan4; 应 ying1 ying4;
應 ying1 ying4; 纪 ji3 ji4; 紀 ji3 ji4; 过 guo1 guo4; 過 guo1 guo4; 葛 ge3;
晟 cheng2 sheng4; 郗 xi1 chi1; 车 che1 ju1; 車 che1 ju1; 句 gou1 ju4; 行 xing2 hang2;
沈 shen3 chen2; 石 shi2 dan4; 宿 su4 xiu3; 卜 bu3; 角 jue2 jiao3; 参 shen1 can1;
都 du1 dou1; 六 lu4 liu4; 会 gui4 hui4; 尉 wei4 yu4; 长 chang2 zhang3; 朝 chao2 zhao1;
贾 jia3 gu3; 賈 jia3 gu3; 费 fei4 bi4; 費 fei4 bi4; 薄 bo2 bao2; 柏 bai3 bo2; 能 nai4 neng2;
佴 nai4; 尉迟 yu4,chi2 wei4,chi2; 尉遲 yu4,chi2 wei4,chi2; 长孙 zhang3,sun1 chang2,sun1;
長孫 zhang3,sun1 chang2,sun1; 万俟 mo4,qi2 wan4,si4; 萬俟 mo4,qi2 wan4,si4;
单于 chan2,yu2 dan1,yu2; 單于 chan2,yu2 dan1,yu2; 澹台 tan2,tai2 dan4,tai2;
澹臺 tan2,tai2 dan4,tai2; 乐正 yue4,zheng4 le4,zheng4; 樂正 yue4,zheng4 le4,zheng4;
令狐 ling2,hu2; 鲜于 xian1,yu2; 宰父 zai3,fu3; 皇甫 huang2,fu3; 亓官 qi2,guan1;
子车 zi3,ju1 zi3,che1; 仲长 zhong4,chang2
""")

# Inside names and companies: the usual reading first.
_SEVERAL = _table("""
行 xing2 hang2; 长 chang2 zhang3; 長 chang2 zhang3; 重 zhong4 chong2; 乐 le4 yue4;
樂 le4 yue4; 朝 chao2 zhao1; 都 du1 dou1; 会 hui4 kuai4; 會 hui4 kuai4; 厦 sha4 xia4;
廈 sha4 xia4; 调 diao4 tiao2; 調 diao4 tiao2; 传 chuan2 zhuan4; 傳 chuan2 zhuan4;
藏 cang2 zang4; 曾 zeng1 ceng2; 单 dan1 shan4; 單 dan1 shan4; 解 jie3 xie4; 查 cha2 zha1;
茜 qian4 xi1; 莎 sha1 suo1; 晟 sheng4 cheng2; 柏 bai3 bo2; 绿 lv4 lu4; 綠 lv4 lu4;
降 jiang4 xiang2; 卡 ka3 qia3; 车 che1 ju1; 車 che1 ju1; 石 shi2 dan4; 大 da4 dai4;
便 bian4 pian2; 盛 sheng4 cheng2; 角 jiao3 jue2; 奇 qi2 ji1; 畜 xu4 chu4; 仔 zi3 zai3;
弹 tan2 dan4; 彈 tan2 dan4; 铅 qian1 yan2; 洞 dong4 tong2; 六 liu4 lu4; 率 lv4 shuai4;
参 can1 shen1; 參 can1 shen1; 度 du4 duo2; 露 lu4 lou4; 婼 ruo4 chuo4; 叶 ye4 xie2;
番 fan1 pan1; 阿 a1 e1; 蚌 bang4 beng4; 筠 yun2 jun1; 珲 hun2 hui1; 宓 mi4 fu2; 给 gei3 ji3;
給 gei3 ji3; 了 le5 liao3; 地 di4 de5; 得 de2 dei3; 着 zhe5 zhuo2; 还 hai2 huan2;
還 hai2 huan2; 没 mei2 mo4; 和 he2 huo2
""")

_TONES = {"\u0304": "1", "\u0301": "2", "\u030c": "3", "\u0300": "4"}
_UMLAUT = "\u0308"


@dataclass(frozen=True, slots=True)
class PinyinForms:
    """
    What a Chinese text is found by on a Latin keyboard.

    ``full`` is ``zhangwei`` and ``initials`` is ``zw``, both in the best reading; ``all``
    holds these two and then those of every other reading kept. Text without a Chinese
    character has none of them: it is found by itself.
    """

    full: str
    initials: str
    all: tuple[str, ...]


def split_name(full: str) -> tuple[str, str]:
    """
    Return ``(surname, given name)``.

    Chinese names begin with the surname, of two characters if it is a known compound
    one. Names written with a middle dot (阿凡提·买买提) have no surname. In Latin names
    the last word is the surname, or the one before a comma.
    """
    name = _clean(full)
    if not name or "·" in name:
        return "", name
    if _is_chinese(name[0]):
        cut = 2 if name[:2] in COMPOUND_SURNAMES else 1
        return name[:cut], name[cut:].strip()
    if "," in name:
        surname, _, given = name.partition(",")
        return surname.strip(), given.strip()
    given, _, surname = name.rpartition(" ")
    return (surname, given) if given else ("", name)


def mask_name(full: str) -> str:
    """Return the name with only its surname legible: 张*, 欧阳**, J*** S***."""
    surname, given = split_name(full)
    if not surname and not given:
        return ""
    if not _is_chinese((surname + given)[0]):
        return " ".join(f"{word[0]}***" for word in _clean(full).split(" "))
    if surname and given:
        return surname + "*" * len(given)
    alone = surname or given
    return "*" if len(alone) == 1 else alone[0] + "*" * (len(alone) - 1)


@lru_cache(maxsize=REMEMBERED_NAMES)
def pinyin_forms(text: str) -> PinyinForms:
    """
    Return the pinyin of ``text`` in full and as initials, in every reading kept.

    The first character of a short text is read as a surname. ASCII letters and digits
    stay as they are in both forms; everything else is left out.
    """
    parts = _parts(_clean(text)[:SPOKEN_CHARACTERS])
    if True not in [part.is_spoken for part in parts]:
        return _NO_FORMS
    full = "".join([part.full for part in parts])
    initials = "".join([part.initials for part in parts])
    if True in [bool(part.others) for part in parts]:
        return PinyinForms(full, initials, _variants(parts))
    return PinyinForms(full, initials, (full, initials))


@lru_cache(maxsize=REMEMBERED_NAMES)
def sort_key(name: str) -> str:
    """
    Return a text whose byte order is the order of a Chinese directory.

    Chinese first: by syllable, tone, then character, so that one surname stays
    together; then digits and Latin letters without case and accents. The bytes order
    correctly under ``C`` collation. Punctuation counts only where nothing else is.
    """
    text = _clean(name)
    parts = _parts(text[:SORTED_CHARACTERS])
    if True in [part.is_spoken for part in parts]:
        return "".join([part.key for part in parts]).replace(" ", "")
    return "".join([part.key for part in parts]).strip() or text[:SORTED_CHARACTERS]


@dataclass(frozen=True, slots=True)
class _Part:
    """One character, or one surname or word, with its best reading and the others."""

    full: str
    initials: str
    key: str
    is_spoken: bool = False
    others: tuple[tuple[str, str], ...] = ()


_NO_FORMS = PinyinForms("", "", ())


def _clean(text: str) -> str:
    """Return ``text`` with compatibility forms and runs of blanks made plain."""
    if not text.isascii() and not unicodedata.is_normalized("NFKC", text):
        text = unicodedata.normalize("NFKC", text)
    return " ".join(text.replace("\0", "").split())


def _variants(parts: list[_Part]) -> tuple[str, ...]:
    """Return full pinyin and initials of every reading, the best one first."""
    variants = [("", "")]
    for part in parts:
        readings = [(part.full, part.initials)]
        if len(variants) * (1 + len(part.others)) <= MOST_VARIANTS:
            readings += part.others
        variants = [
            (full + reading, short + initials)
            for reading, initials in readings
            for full, short in variants
        ]
    return tuple(dict.fromkeys(chain.from_iterable(variants)))


def _parts(text: str) -> list[_Part]:
    """Return ``text`` cut into its parts, phrases of known reading kept together."""
    if text.isascii():
        return [_PLAIN[character] for character in text]
    parts: list[_Part] = []
    start = 0
    compound = text[:2] in COMPOUND_SURNAMES
    if compound or len(text) <= LONGEST_PERSON:
        start = 2 if compound else 1
        parts.append(_surname_part(text[:start]))
    if _SEVERAL.keys().isdisjoint(text[start:]):
        parts += [_PLAIN[character] for character in text[start:]]
        return parts
    return parts + _phrased(text, start)


def _phrased(text: str, start: int) -> list[_Part]:
    """Return the parts from ``start`` on, reading 重庆 as one word."""
    parts: list[_Part] = []
    phrases = _phrases()
    while start < len(text):
        for size in range(LONGEST_PHRASE, 1, -1):
            known = phrases.get(text[start : start + size])
            if known:
                parts += known
                start += size
                break
        else:
            parts.append(_PLAIN[text[start]])
            start += 1
    return parts


class _Plain(dict[str, _Part]):
    """Parts of single characters, made when first met."""

    def __missing__(self, character: str) -> _Part:
        part = self[character] = _character_part(character)
        return part


_PLAIN = _Plain()


def _character_part(character: str) -> _Part:
    if character in _SEVERAL:
        return _spoken(character, _SEVERAL[character])
    from pypinyin.constants import PINYIN_DICT  # noqa: PLC0415 -- large: commands start without

    reading = PINYIN_DICT.get(ord(character))
    if reading and _is_chinese(character):
        return _spoken(character, (_numbered(reading.split(",")[0]),))
    if _is_chinese(character):
        return _Part("", "", f"!~{character}")
    if character.isascii() and character.isalnum():
        low = character.lower()
        return _Part(low, low, low)
    return _Part("", "", _sorted_as(character))


@cache
def _surname_part(surname: str) -> _Part:
    """Return the part of a surname, of one or two characters."""
    if surname in _SURNAMES:
        return _spoken(surname, _SURNAMES[surname])
    if len(surname) == 1:
        return _PLAIN[surname]
    first, second = _PLAIN[surname[0]], _PLAIN[surname[1]]
    return _Part(
        first.full + second.full,
        first.initials + second.initials,
        first.key + second.key,
        is_spoken=True,
    )


def _spoken(characters: str, readings: tuple[str, ...]) -> _Part:
    """Return the part read as ``readings``: numbered syllables joined by commas."""
    forms = dict.fromkeys(
        form for reading in readings for form in _typed(reading.split(","))
    )
    (full, initials), *others = forms
    syllables = zip(readings[0].split(","), characters, strict=True)
    key = "".join(f"!{syllable}{character}" for syllable, character in syllables)
    return _Part(full, initials, key, is_spoken=True, others=tuple(others))


def _typed(syllables: list[str]) -> list[tuple[str, str]]:
    """Return how the syllables may be typed: lv, and lyu and lu for who has no ü."""
    plain = "".join(syllable.rstrip("12345") for syllable in syllables)
    initials = "".join(syllable[0] for syllable in syllables)
    if "v" not in plain:
        return [(plain, initials)]
    spellings = (plain, plain.replace("v", "yu"), plain.replace("v", "u"))
    return [(spelling, initials) for spelling in spellings]


def _numbered(reading: str) -> str:
    """Return ``lǚ`` as ``lv3``."""
    tone = "5"
    letters: list[str] = []
    for letter in unicodedata.normalize("NFD", reading):
        if letter in _TONES:
            tone = _TONES[letter]
        elif letter == _UMLAUT:
            letters[-1] = "v"
        elif letter.isascii():
            letters.append(letter)
    return "".join(letters) + tone


@cache
def _phrases() -> dict[str, list[_Part]]:
    """Return the words that settle how a character of several readings is read."""
    from pypinyin.constants import PHRASES_DICT  # noqa: PLC0415 -- as above

    return {
        phrase: [
            _spoken(character, (_numbered(reading[0]),))
            for character, reading in zip(phrase, spoken, strict=True)
        ]
        for phrase, spoken in PHRASES_DICT.items()
        if len(phrase) <= LONGEST_PHRASE and not _SEVERAL.keys().isdisjoint(phrase)
    }


def _sorted_as(character: str) -> str:
    """Return the sort key of a letter without case and accents; blank stays a blank."""
    if character == " ":
        return character
    bare = unicodedata.normalize("NFKD", character.casefold())
    return "".join(letter for letter in bare if letter.isalnum())


def _is_chinese(character: str) -> bool:
    """Return whether ``character`` is a Han ideograph, of any extension."""
    point = ord(character)
    return (
        0x4E00 <= point <= 0x9FFF
        or 0x3400 <= point <= 0x4DBF
        or 0x20000 <= point <= 0x3FFFF
        or 0xF900 <= point <= 0xFAFF
        or point == 0x3007
    )
