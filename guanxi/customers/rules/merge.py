"""What is chosen when two customers become one, and what follows from it."""

from collections.abc import Mapping

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from guanxi.customers.rules import PointKind, State


class Side(TextChoices):
    """Whose value the merged customer gets."""

    SURVIVOR = "survivor", pgettext_lazy("merge", "of the one that stays")
    GONE = "gone", pgettext_lazy("merge", "of the one that is merged in")
    BOTH = "both", _("Both, one below the other")


Choices = Mapping[str, Side]
"""By field of the policy, whose value is taken."""

# The columns that each choice decides, by the field of the policy that speaks for them.
COLUMNS: Mapping[str, tuple[str, ...]] = {
    "name": ("name",),
    "form": ("form",),
    "short_name": ("short_name",),
    # A reason is one of the state.
    "state": ("state", "target_reason"),
    "owner": ("owner_id", "team_id"),
    "kind": ("kind_id",),
    "relation_kind": ("relation_kind_id",),
    "is_key": ("is_key",),
    # A number is one of its document.
    "id_number": ("id_number", "id_kind"),
    "bank_card": ("bank_card",),
    "credit_code": ("credit_code",),
    "birth_on": ("birth_on",),
    "lunar_birthday": ("lunar_birthday",),
    "industry": ("industry",),
    "website": ("website",),
    "employees": ("employees",),
    "founded_year": ("founded_year",),
    "annual_revenue": ("annual_revenue",),
    # A number is one of its source: they go together.
    "external_id": ("external_id", "source"),
    "note": ("note",),
}
# Of these all are kept; the choice says which is used first.
REACHED_BY = tuple(kind.value for kind in PointKind)
ADDRESS = "address"
CHOSEN = (*COLUMNS, *REACHED_BY, ADDRESS)

# Written by the merge itself, or computed from what was chosen.
COMPUTED = frozenset(
    {
        *("sort_name", "match_name", "search", "search_contact"),
        *("phone", "email", "wechat", "province", "city"),
        *("id_number_index", "bank_card_index"),
        *("version", "updated_at", "deleted_at"),
        # The survivor's own, and of the other what the survivor lacks.
        "extra",
    }
)
# The survivor's own, whatever is chosen.
KEPT = frozenset({"id", "created_at", "created_by_id", "import_run_id", "erased_at"})

_FURTHEST = (
    State.ACTUAL,
    State.LOST,
    State.TARGET,
    State.POTENTIAL,
    State.NON_CUSTOMER,
)


def proposed_side(field: str, survivor: object, gone: object) -> Side:
    """
    Return whose value is proposed: the survivor's, or the only one there is.

    Of two states the one that is further along: whoever bought has bought.
    """
    if field == "state":
        is_behind = _FURTHEST.index(State(str(gone))) < _FURTHEST.index(
            State(str(survivor))
        )
        return Side.GONE if is_behind else Side.SURVIVOR
    if field == "note" and survivor and gone and survivor != gone:
        return Side.BOTH
    return Side.GONE if gone and not survivor else Side.SURVIVOR
