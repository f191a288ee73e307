"""The life cycle: customers by stage and pattern, and how they moved between classes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django import forms
from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.db.models import Count
from django.http import HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext
from django.views.decorators.http import require_GET, require_http_methods

from guanxi.analytics import exploring, queries
from guanxi.analytics.forms import choices
from guanxi.analytics.matrices import CELLS, STAGE
from guanxi.analytics.moves import NONE, Moves
from guanxi.analytics.views.group import group_page
from guanxi.customers.queries.customer import customers
from guanxi.customers.rules import LifePattern, LifeStage, RfmSegment, Tier
from guanxi.foundation.errors import NotVisible
from guanxi.foundation.figures import grouped
from guanxi.foundation.policies import policy_of, require
from guanxi.foundation.rooms import allowed
from guanxi.foundation.viewer import StaffRequest
from guanxi.foundation.words import Words

# What customers are told apart by, in the order in which the better comes first.
CLASSES: Mapping[str, type[LifeStage] | type[Tier] | type[RfmSegment]] = {
    "life_stage": LifeStage,
    "tier": Tier,
    "rfm_segment": RfmSegment,
}


@dataclass(frozen=True)
class Row:
    """A class of the earlier month: how many, and where each of them went."""

    label: Words
    count: str
    moves: Sequence[tuple[str, str]]


class MovesForm(forms.Form):
    """Between which classes, and the ends of which months."""

    what = forms.ChoiceField(label=gettext_lazy("Moves between"))
    first = forms.ChoiceField(label=gettext_lazy("From the end of"))
    last = forms.ChoiceField(label=gettext_lazy("To the end of"))

    def __init__(
        self, asked: QueryDict, *, offered: Sequence[str], months: Sequence[date]
    ) -> None:
        """Start from the two latest months."""
        latest = [f"{month:%Y-%m}" for month in months]
        usual = {
            "what": offered[0],
            "first": latest[-2] if len(latest) > 1 else latest[-1],
            "last": latest[-1],
        }
        super().__init__({name: asked.get(name, usual[name]) for name in usual})
        self.months = dict(zip(latest, months, strict=True))
        choices(self, "what").choices = [(key, _label(key)) for key in offered]
        for name in ("first", "last"):
            choices(self, name).choices = [(one, one) for one in latest[::-1]]

    def clean(self) -> dict[str, Any]:
        """Check that time goes forward."""
        values = super().clean() or {}
        if not self.errors and values["first"] >= values["last"] and self.months:
            told = _("Choose a month after the first one.")
            if len(self.months) > 1:
                self.add_error("last", told)
        return values

    @property
    def what_is_asked(self) -> str:
        """The classes of a valid form."""
        return str(self.cleaned_data["what"])

    @property
    def span(self) -> tuple[date, date]:
        """The two months of a valid form."""
        data = self.cleaned_data
        return self.months[data["first"]], self.months[data["last"]]


@login_required
@require_GET
def life_cycle(request: StaffRequest) -> HttpResponse:
    """Show customers by stage and pattern, and who moved from class to class."""
    readable = _readable(request)
    form = _form(request, readable)
    moves = _moves(request, form) if form and form.is_valid() else None
    context = {
        "form": form,
        "charts": _now(request, readable),
        "stages": _stages(request) if "life_stage" in readable else [],
        **(_told(request, form, moves) if form and moves else {}),
    }
    status = 422 if form and form.errors else 200
    return render(request, "analytics/life_cycle.html", context, status=status)


@login_required
@require_http_methods(["GET", "POST"])
def life_cycle_moves(
    request: StaffRequest, what: str, old: str, new: str
) -> HttpResponse:
    """List who went from one class to another; a POST makes a segment of them."""
    readable = _readable(request)
    asked = request.GET.copy()
    asked["what"] = what
    form = _form(request, readable, asked)
    if "last_order_on" not in readable or form is None or not form.is_valid():
        raise NotVisible
    moves = _moves(request, form)
    if not {old, new} <= set(moves.keys):
        raise NotVisible
    asked.pop("after", None)
    first, last = (f"{month:%Y-%m}" for month in form.span)
    title = f"{_name(what, old, NONE_BEFORE)} → {_name(what, new, NONE_AFTER)}"
    return group_page(
        request,
        moves.members(old, new),
        title=f"{title} ({first} → {last})",
        back=(
            _("Life cycle"),
            f"{reverse('analytics:life_cycle')}?{asked.urlencode()}",
        ),
    )


NONE_BEFORE = gettext_lazy("First bought since")
NONE_AFTER = gettext_lazy("No longer counted")


def _readable(request: StaffRequest) -> frozenset[str]:
    """
    Return which fields of customers the viewer reads.

    :raises NotVisible: if none of the classes is among them.
    """
    require(request.user, "analysis.read")
    found = frozenset(policy_of("customer").readable(request.user))
    if not found & set(CLASSES):
        raise NotVisible
    return found


def _form(
    request: StaffRequest, readable: frozenset[str], asked: QueryDict | None = None
) -> MovesForm | None:
    """Return the form; None before the first month is kept."""
    from guanxi.analytics.states import kept_months  # noqa: PLC0415 -- loads the engines

    latest = queries.latest_runs(1)
    months = kept_months(settings.WAREHOUSE_ROOT, latest[0].as_of) if latest else []
    if not months:
        return None
    offered = [key for key in CLASSES if key in readable]
    return MovesForm(asked or request.GET, offered=offered, months=months)


def _moves(request: StaffRequest, form: MovesForm) -> Moves:
    from guanxi.analytics.states import moved  # noqa: PLC0415 -- loads the engines

    return moved(
        settings.WAREHOUSE_ROOT,
        form.what_is_asked,
        list(CLASSES[form.what_is_asked].values),
        form.span,
        among=exploring.known_customers(request.user),
    )


def _stages(request: StaffRequest) -> Sequence[tuple[Words, str, str]]:
    """Return each stage, what is done about who enters it, and where to write that."""
    written = queries.stage_strategies()
    may_write = allowed(request.user, "analysis.configure")
    return [
        (
            cell.label,
            written.get(key, ""),
            reverse("analytics:strategy", args=[STAGE, key]) if may_write else "",
        )
        for key, cell in CELLS[STAGE].items()
    ]


def _now(
    request: StaffRequest, readable: frozenset[str]
) -> Sequence[Mapping[str, Any]]:
    """Return the customers in sight by stage and by pattern, as they are today."""
    kinds: Mapping[str, type[LifeStage] | type[LifePattern]] = {
        "life_stage": LifeStage,
        "life_pattern": LifePattern,
    }
    return [
        _chart(request, name, words)
        for name, words in kinds.items()
        if name in readable
    ]


def _chart(
    request: StaffRequest, name: str, words: type[LifeStage] | type[LifePattern]
) -> Mapping[str, Any]:
    path = f"traits__{name}"
    rows = customers(request.user).order_by().values_list(path).annotate(n=Count("pk"))
    counts = dict(rows)
    page, title = reverse("customers:customers"), _label(name)
    bars = [
        {"value": counts.get(key, 0), "url": f"{page}?where={name}.eq.{key}"}
        for key in words.values
    ]
    heads = [str(one.label) for one in words]
    return {
        "title": title,
        "option": {
            "legend": {"show": False},
            "xAxis": {"type": "category", "data": heads},
            "yAxis": {"type": "value", "axisLabel": {"formatter": "wan"}},
            "series": [{"type": "bar", "data": bars, "label": {"show": True}}],
        },
        "heads": [title, pgettext("count", "Customers")],
        "rows": [
            [head, grouped(counts.get(key, 0))]
            for head, key in zip(heads, words.values, strict=True)
        ],
    }


def _label(name: str) -> str:
    return str(policy_of("customer").fields[name].label)


def _name(what: str, key: str, none: Words) -> str:
    return str(none) if key == NONE else str(CLASSES[what](key).label)


def _told(request: StaffRequest, form: MovesForm, moves: Moves) -> dict[str, Any]:
    """Return the moves as a picture and as a table."""
    what, (first, last) = form.what_is_asked, form.span
    counts, query = moves.moves(), _query(form)
    before = {key: sum(counts[key, new] for new in moves.keys) for key in moves.keys}
    after = {key: sum(counts[old, key] for old in moves.keys) for key in moves.keys}
    heads = [key for key in moves.keys if after[key]]
    rows = [
        Row(
            _name(what, old, NONE_BEFORE),
            grouped(before[old]),
            [_cell(what, counts, old, new, query) for new in heads],
        )
        for old in moves.keys
        if before[old]
    ]
    return {
        "what_label": _label(what),
        "first": first,
        "last": last,
        "is_one": first == last,
        "heads": [(_name(what, key, NONE_AFTER), grouped(after[key])) for key in heads],
        "rows": rows,
        "figures": _figures(what, moves.keys, counts),
        "picture": _picture(what, form.span, counts, query),
    }


def _query(form: MovesForm) -> str:
    asked = QueryDict(mutable=True)
    asked.update({name: form.cleaned_data[name] for name in ("first", "last")})
    return asked.urlencode()


def _url(what: str, old: str, new: str, query: str) -> str:
    page = reverse("analytics:life_cycle_moves", args=[what, old, new])
    return f"{page}?{query}"


def _cell(
    what: str, counts: Mapping[tuple[str, str], int], old: str, new: str, query: str
) -> tuple[str, str]:
    count = counts[old, new]
    return (grouped(count), _url(what, old, new, query)) if count else ("", "")


def _figures(
    what: str, keys: Sequence[str], counts: Mapping[tuple[str, str], int]
) -> list[tuple[str, str]]:
    """Return how many moved, came new and stayed; of tiers how many rose and fell."""
    known = [key for key in keys if key != NONE]
    place = {key: n for n, key in enumerate(known)}
    pairs = {k: n for k, n in counts.items() if NONE not in k}
    stayed = sum(n for (old, new), n in pairs.items() if old == new)
    new = sum(counts[NONE, key] for key in known)
    if what == "tier":
        rose = sum(n for (old, new), n in pairs.items() if place[new] < place[old])
        fell = sum(n for (old, new), n in pairs.items() if place[new] > place[old])
        moved = [(_("Rose"), grouped(rose)), (_("Fell"), grouped(fell))]
    else:
        moved = [(_("Moved"), grouped(sum(pairs.values()) - stayed))]
    return [
        *moved,
        (_("Stayed"), grouped(stayed)),
        (str(NONE_BEFORE), grouped(new)),
    ]


def _picture(
    what: str,
    span: tuple[date, date],
    counts: Mapping[tuple[str, str], int],
    query: str,
) -> Mapping[str, Any]:
    """Return the moves as a flow from left to right."""
    first, last = (f"{month:%Y-%m}" for month in span)
    links = [
        {
            "source": f"{_name(what, old, NONE_BEFORE)} {first}",
            "target": f"{_name(what, new, NONE_AFTER)} {last}",
            "value": count,
            "url": _url(what, old, new, query),
        }
        for (old, new), count in counts.items()
        if count
    ]
    # In the order of the classes on both sides, and their names within the picture.
    keys = dict.fromkeys(old for old, _new in counts)
    sides = (
        ("source", first, NONE_BEFORE, "right"),
        ("target", last, NONE_AFTER, "left"),
    )
    nodes = [
        {"name": name, "label": {"position": position}}
        for side, month, none, position in sides
        for key in keys
        if (name := f"{_name(what, key, none)} {month}") in {one[side] for one in links}
    ]
    return {
        "title": _("Moves: %(classes)s") % {"classes": _label(what)},
        "option": {
            "legend": {"show": False},
            "tooltip": {"trigger": "item"},
            "series": [
                {
                    "type": "sankey",
                    "left": 4,
                    "right": 4,
                    "top": 8,
                    "bottom": 8,
                    "nodeGap": 10,
                    "layoutIterations": 0,
                    "draggable": False,
                    "emphasis": {"focus": "adjacency"},
                    "data": nodes,
                    "links": links,
                }
            ],
        },
    }
