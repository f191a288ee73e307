"""Association rules: who has these items in the basket often has that one too."""

from dataclasses import dataclass

from guanxi.analytics.science.baskets import Baskets, ItemSet, frequent_sets


@dataclass(frozen=True)
class RuleSettings:
    """Which rules are kept; shares between 0 and 1, lengths count all items of a rule."""

    support: float = 0.01
    confidence: float = 0.25
    min_length: int = 2
    max_length: int = 10

    def __post_init__(self) -> None:
        """:raises ValueError: if no rule could ever fulfill them."""
        if not (0 < self.support <= 1 and 0 <= self.confidence <= 1):
            raise ValueError("support and confidence must lie between 0 and 1")
        if not 2 <= self.min_length <= self.max_length:
            raise ValueError("lengths must be at least 2, the least not above the most")


@dataclass(frozen=True)
class AssociationRule:
    """
    If ``antecedent`` then ``consequent``, item numbers; ``count`` baskets hold both.

    With shares s of all baskets: support s(A+C), confidence s(A+C)/s(A), lift
    confidence/s(C), leverage s(A+C) − s(A)·s(C), conviction (1 − s(C))/(1 − confidence),
    infinite where the rule never fails.
    """

    antecedent: ItemSet
    consequent: int
    count: int
    support: float
    confidence: float
    lift: float
    leverage: float
    conviction: float


@dataclass(frozen=True)
class Association:
    """All rules found, best first, and how many frequent sets they come from."""

    rules: tuple[AssociationRule, ...]
    set_count: int
    baskets: int


def association(baskets: Baskets, settings: RuleSettings) -> Association:
    """
    Return every rule with one item as consequent that fulfills ``settings``.

    Sorted by lift, then support, then items. Source: Agrawal & Srikant 1994, "Fast
    algorithms for mining association rules"; measures: Brin et al. 1997 (lift,
    conviction), Piatetsky-Shapiro 1991 (leverage). Oracle: R package arules, which also
    gives one consequent only: 463 rules on Groceries at .006 and .25.
    """
    sets = frequent_sets(baskets, settings.support, settings.max_length)
    rules = [
        rule
        for items, count in sets.items()
        if len(items) >= settings.min_length
        for rule in _rules_of(items, count, sets, baskets.count)
        if rule.confidence >= settings.confidence - 1e-12
    ]
    rules.sort(key=lambda rule: (-rule.lift, -rule.count, rule.antecedent))
    return Association(tuple(rules), len(sets), baskets.count)


def _rules_of(
    items: ItemSet, count: int, sets: dict[ItemSet, int], n: int
) -> list[AssociationRule]:
    return [
        _rule(items[:at] + items[at + 1 :], item, (count, n), sets)
        for at, item in enumerate(items)
    ]


def _rule(
    antecedent: ItemSet,
    consequent: int,
    seen: tuple[int, int],
    sets: dict[ItemSet, int],
) -> AssociationRule:
    count, n = seen
    before, after = sets[antecedent], sets[(consequent,)]
    confidence, base = count / before, after / n
    return AssociationRule(
        antecedent=antecedent,
        consequent=consequent,
        count=count,
        support=count / n,
        confidence=confidence,
        lift=count * n / (before * after),  # integers: equal rules stay equal
        leverage=count / n - before / n * base,
        conviction=(1 - base) / (1 - confidence) if count < before else float("inf"),
    )
