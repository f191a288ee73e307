"""Names of customers: what two spellings share, and what a search reads."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from guanxi.customers.rules import Form
from guanxi.customers.rules.point import NormalPoint
from guanxi.foundation.names import pinyin_forms, sort_key
from guanxi.foundation.search_text import search_text

# The legal endings of company names, which people write or leave out at will; a
# branch (分公司) is a place of its own and keeps its ending.
_LEGAL_ENDINGS = re.compile(
    r"(?:(?:股份)?(?:有限)?(?:责任)?(?<!分)公司|集团|"
    r"(?:\b|(?<=[^a-z]))(?:co|ltd|limited|inc|llc|corp|corporation|company|gmbh|ag|plc|group))$"
)
_PUNCTUATION = re.compile(r"[^\w]|_")


def core_name(form: str, name: str) -> str:
    """
    Return what two spellings of one name have in common.

    Compatibility forms plain, lower case, no blanks and punctuation; an organization
    without its legal endings, unless nothing else would be left.
    """
    plain = unicodedata.normalize("NFKC", name).lower()
    if form == Form.ORGANIZATION:
        plain = _without_endings(plain)
    return _PUNCTUATION.sub("", plain)


def names_company(name: str) -> bool:
    """Tell whether ``name`` has the legal ending of a company after something else."""
    return core_name(Form.ORGANIZATION, name) != core_name(Form.PERSON, name)


def _without_endings(plain: str) -> str:
    while True:
        bare = plain.rstrip(" .,()&")
        shorter = _LEGAL_ENDINGS.sub("", bare)
        if shorter == bare or not _PUNCTUATION.sub("", shorter):
            return plain
        plain = shorter


LONGEST_MATCH_NAME, LONGEST_GRAMMED = 200, 40
_CHINESE = re.compile(r"[\u3400-\u9fff\U00020000-\U000323af]+")


@dataclass(frozen=True, slots=True)
class SearchColumns:
    """The columns of a customer that are computed from its names and points."""

    sort_name: str
    match_name: str
    search: str
    search_contact: str


def search_columns(
    form: str,
    name: str,
    *,
    short_name: str = "",
    external_id: str = "",
    points: Sequence[NormalPoint] = (),
) -> SearchColumns:
    """
    Return the computed columns: what lists sort by, duplicates match by, searches read.

    ``search`` holds names, the pinyin of the core in every reading, and its pairs of
    neighboring characters: a pair has no trigram of its own, so each begins a word.
    ``search_contact`` holds what only readers of contact points may search.
    """
    core = core_name(form, name)
    sounds = pinyin_forms(core)
    words = [name, short_name, external_id, *sounds.all]
    words += [*pinyin_forms(short_name).all, *_pairs(core), *_pairs(short_name)]
    return SearchColumns(
        sort_name=sort_key(name),
        match_name=(sounds.full or core)[:LONGEST_MATCH_NAME],
        search=search_text(*dict.fromkeys(words)),
        search_contact=search_text(*(text for p in points for text in p.found_by)),
    )


def match_name(form: str, name: str) -> str:
    """Return the core of a name as it sounds, by which duplicates are looked up."""
    core = core_name(form, name)
    return (pinyin_forms(core).full or core)[:LONGEST_MATCH_NAME]


def _pairs(name: str) -> list[str]:
    """Return the neighboring pairs of Chinese characters that do not begin ``name``."""
    plain = unicodedata.normalize("NFKC", name[:LONGEST_GRAMMED])
    return [
        run[i : i + 2]
        for run in _CHINESE.findall(plain)
        for i in range(1, len(run) - 1)
    ]
