"""What the words of a file mean: stages, colleagues and products, asked where in doubt."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from rapidfuzz import fuzz, process

from guanxi.foundation.actor import Actor
from guanxi.foundation.imports.kinds import Doubt, Terms
from guanxi.foundation.sheets.values import plain_word
from guanxi.identity.queries import users
from guanxi.sales.models import Stage
from guanxi.sales.queries.match import (
    names_of_products,
    products_called,
    products_meant,
)
from guanxi.sales.queries.opportunity import stages
from guanxi.sales.rules.opportunity import OpportunityState

NONE, MINE = "none", "mine"
SIMILAR_CHOICES, MOST_CHOICES = 8, 200
_RESULTS = {
    OpportunityState.WON: ("won", "closed won", "win", "赢单", "赢", "成交", "已成交", "成功", "签约", "已签约"),
    OpportunityState.LOST: ("lost", "closed lost", "loss", "丢单", "输单", "失败", "已失败", "放弃", "流失"),
}  # fmt: skip

Owner = tuple[int | None, int | None]
"""The ids of a colleague and of the team; None for nobody."""


class Unclear(Exception):
    """A word that nothing here is called, and nobody has said what it means."""


class Meanings:
    """What the words of one file mean; counts those that nothing here is called."""

    def __init__(self, by: Actor, terms: Terms) -> None:
        self.by = by
        self.terms = terms
        self.stages = list(stages())
        self.first = self.stages[0]
        known = [
            one for one in self.stages if one.pipeline_id == self.first.pipeline_id
        ]
        self.last = known[-1]
        self._stages = {str(one.pk): one for one in self.stages}
        self._stage_words = _words_of(self.stages)
        self._results = {
            plain_word(word): state
            for state, words in _RESULTS.items()
            for word in (state.value, *words)
        }
        self._owners, self._owner_words = _colleagues(by)
        self._products: dict[str, int | None] = {}
        self._seen: set[str] = set()
        self._met: Counter[tuple[str, str]] = Counter()

    def stage(self, word: str) -> tuple[Stage, OpportunityState]:
        """
        Return the stage of ``word`` and the state; won is in the last, lost in the first.

        :raises Unclear: if it is neither, and nobody has said.
        """
        plain = plain_word(word)
        if plain not in self._results and plain not in self._stage_words:
            answer = self._answer("stage", word)
            if answer in self._stages:
                return self._stages[answer], OpportunityState.OPEN
            plain = plain_word(answer)
        if plain in self._results:
            state = self._results[plain]
            is_won = state is OpportunityState.WON
            return (self.last if is_won else self.first), state
        if plain not in self._stage_words:
            raise Unclear
        return self._stage_words[plain], OpportunityState.OPEN

    def owner(self, word: str) -> Owner:
        """
        Return the colleague who is called ``word``, by name, username or e-mail.

        :raises Unclear: if it is nobody or several, and nobody has said.
        """
        pk = self._owner_words.get(plain_word(word))
        if pk is None:
            answer = self._answer("owner", word)
            if answer == MINE:
                return self.by.actor_id, self.by.team_id
            if answer == NONE:
                return None, None
            pk = self._owner_words.get(plain_word(answer))
            if pk is None and answer.isdecimal():
                pk = int(answer)
        if pk is None or pk not in self._owners:
            raise Unclear
        return pk, self._owners[pk][1]

    def learn_products(self, words: Iterable[str]) -> None:
        """Look up the products that ``words`` and their answers name, all at once."""
        new = {word for word in words if word} - self._seen
        if not new:
            return
        self._seen |= new
        known = products_called(self.by, new)
        self._products |= known
        unknown = new - known.keys()
        answers = {word: self.terms.answer("product", word) for word in unknown}
        meant = products_meant(self.by, set(answers.values()))
        for word, answer in answers.items():
            self._met["product", word] = 0
            if answer in meant or answer == NONE:
                self._products[word] = meant.get(answer)

    def product(self, word: str) -> int | None:
        """
        Return the number of the product called ``word``, by code or name.

        :raises Unclear: if there is none, and nobody has said.
        """
        if ("product", word) in self._met:
            self._met["product", word] += 1
        if word not in self._products:
            raise Unclear
        return self._products[word]

    def doubts(self) -> Sequence[Doubt]:
        """Return the questions about words, those in most rows first."""
        asks_product = any(key == "product" for key, _word in self._met)
        products = names_of_products(self.by) if asks_product else {}
        return [
            Doubt(key, word, rows, self._choices(key, word, products))
            for (key, word), rows in self._met.most_common()
        ]

    def _answer(self, key: str, word: str) -> str:
        """Return what a word in doubt was said to mean, and count it."""
        self._met[key, word] += 1
        return self.terms.answer(key, word)

    def _choices(
        self, key: str, word: str, products: Mapping[str, str]
    ) -> list[tuple[str, str]]:
        if key == "stage":
            ends = [
                (state.value, str(state.label))
                for state in (OpportunityState.WON, OpportunityState.LOST)
            ]
            return [*((pk, str(one)) for pk, one in self._stages.items()), *ends]
        if key == "owner":
            names = {str(pk): name for pk, (name, _team) in self._owners.items()}
            return [
                *_likeliest(word, names, MOST_CHOICES),
                (MINE, _("whoever imports")),
                (NONE, pgettext("owner", "Nobody")),
            ]
        return [*_likeliest(word, products, SIMILAR_CHOICES), (NONE, _("no product"))]


def _likeliest(word: str, names: Mapping[str, str], most: int) -> list[tuple[str, str]]:
    """Return so many of ``names`` by their keys, the most similar to ``word`` first."""
    found = process.extract(
        word, names, scorer=fuzz.WRatio, processor=plain_word, limit=most
    )
    return [(key, name) for name, _score, key in found]


def _words_of(known: Sequence[Stage]) -> dict[str, Stage]:
    """Return the stages by what they are called in all languages, the first of each."""
    found: dict[str, Stage] = {}
    for language, _name in settings.LANGUAGES:
        with translation.override(language):
            for one in known:
                found.setdefault(plain_word(str(one)), one)
    return found


def _colleagues(
    by: Actor,
) -> tuple[dict[int, tuple[str, int | None]], dict[str, int]]:
    """Return name and team of all whom ``by`` sees, and their numbers by what they are called."""
    known: dict[int, tuple[str, int | None]] = {}
    words: dict[str, int] = {}
    doubled: set[str] = set()
    for pk, name, username, email, team_id in users(by).values_list(
        "pk", "name", "username", "email", "team_id"
    ):
        known[pk] = (name, team_id)
        for word in {plain_word(text) for text in (name, username, email) if text}:
            if word in words:
                doubled.add(word)
            words[word] = pk
    return known, {word: pk for word, pk in words.items() if word not in doubled}
