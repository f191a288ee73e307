"""Build a segment: conditions, and at once how many customers they fit and which."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from django.contrib.auth.decorators import login_required
from django.db import OperationalError
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST
from psycopg.errors import QueryCanceled

from guanxi.customers.commands.segment import (
    change_segment,
    create_segment,
    facts_of,
)
from guanxi.customers.forms import segment_builder as builder
from guanxi.customers.forms.segment import SegmentForm
from guanxi.customers.models import Customer, Segment
from guanxi.customers.policies import CUSTOMER
from guanxi.customers.queries.criteria import Criteria
from guanxi.customers.queries.segment import definition_of, segment
from guanxi.customers.rules import STATE_TONES, TIER_TONES, State, Tier
from guanxi.customers.rules.segment import (
    BadDefinition,
    read_definition,
    written_definition,
)
from guanxi.customers.views.request import StaffRequest
from guanxi.foundation.clock import now
from guanxi.foundation.errors import Refused
from guanxi.foundation.policies import require
from guanxi.foundation.tables.counting import Counted, counted, within_moment
from guanxi.foundation.tables.where import NOTHING, Condition, Group
from guanxi.foundation.viewer import key_of

SAMPLE = 10
SAMPLE_MILLISECONDS = 1000


@dataclass(frozen=True)
class Sampled:
    """One customer of the sample, as far as the viewer may see it."""

    pk: int
    name: str
    state: tuple[str, str]
    tier: tuple[str, str]
    city: str


@dataclass(frozen=True)
class Preview:
    """What the conditions come to: in words, in number, and some of those who fit."""

    sentence: str
    count: Counted | None
    sample: Sequence[Sampled]


@dataclass(frozen=True)
class Page:
    """The page of the builder: what is being built, and what is wrong with it."""

    form: SegmentForm
    segment: Segment | None
    draft: builder.Draft
    undo: str = ""
    focus: int | None = None
    problems: Mapping[int, str] = field(default_factory=dict)


@login_required
def new_segment(request: StaffRequest) -> HttpResponse:
    """Ask for the conditions of a new segment, and make it."""
    require(request.user, "segment.create")
    form = SegmentForm(_sent(request), viewer=request.user)
    return _built(request, form, None, _asked_for(request))


@login_required
def edit_segment(request: StaffRequest, pk: int) -> HttpResponse:
    """Change a segment."""
    found = segment(request.user, pk)
    require(request.user, "segment.edit", found)
    facts = facts_of(found)
    plan = {
        k: getattr(facts.plan, k) for k in ("budget", "budget_from", "budget_until")
    }
    shown = {
        "name": facts.name,
        "description": facts.description,
        "sharing": facts.sharing,
        "strategy": facts.plan.strategy,
        **plan,
    }
    form = SegmentForm(
        _sent(request), viewer=request.user, segment=found, initial=shown
    )
    return _built(request, form, found, definition_of(found))


@login_required
@require_POST
def segment_preview(request: StaffRequest) -> HttpResponse:
    """Show how many customers fit what stands in the builder, and some of them."""
    require(request.user, "segment.create")
    criteria = Criteria(request.user, now())
    group, numbers = builder.definition(builder.posted_draft(request.POST))
    wrong = {numbers[place]: text for place, text in criteria.problems(group).items()}
    preview = None if wrong else preview_of(criteria, group)
    context = {"preview": preview, "problems": wrong.values()}
    return render(request, "customers/_segment_preview.html", context)


def preview_of(criteria: Criteria, group: Group) -> Preview:
    """Return what conditions, in which nothing is wrong, come to."""
    if not group.members:
        return Preview("", None, [])
    rows = criteria.fitting(group)
    return Preview(criteria.sentence(group), counted(rows), _sample(criteria, group))


def _sample(criteria: Criteria, group: Group) -> Sequence[Sampled]:
    """Return some that fit, in no order; nothing if they are not found in a moment."""
    rows = criteria.fitting(group).select_related("traits").order_by()
    rows = rows.only("name", "state", "city", "traits__tier")
    try:
        with within_moment(SAMPLE_MILLISECONDS):
            return [_sampled(criteria, one) for one in rows[:SAMPLE]]
    except OperationalError as error:
        if not isinstance(error.__cause__, QueryCanceled):
            raise
    return []


def _sampled(criteria: Criteria, one: Customer) -> Sampled:
    clear = CUSTOMER.readable(criteria.viewer)
    state, tier = State(one.state), one.traits.tier
    return Sampled(
        pk=one.pk,
        name=CUSTOMER.shown(criteria.viewer, "name", one.name),
        state=(str(state.label), STATE_TONES[state]) if "state" in clear else ("", ""),
        tier=(str(Tier(tier).label), TIER_TONES.get(tier, "gray"))
        if tier and "tier" in clear
        else ("", ""),
        city=CUSTOMER.shown(criteria.viewer, "city", one.city),
    )


def _sent(request: StaffRequest) -> Mapping[str, object] | None:
    """Return what was sent to be saved; what only changes the builder is not checked."""
    is_saved = request.method == "POST" and "act" not in request.POST
    return request.POST if is_saved else None


def _asked_for(request: StaffRequest) -> Group:
    """Return the conditions a new segment begins with: those of an import, or none."""
    run = request.GET.get("import_run", "")
    if run.isdecimal():
        return Group("and", (Condition("import_run", "eq", (run,)),))
    return NOTHING


def _built(
    request: StaffRequest, form: SegmentForm, found: Segment | None, start: Group
) -> HttpResponse:
    """Show the builder as it stands, change it, or save what it says."""
    page = Page(form, found, builder.drafted(start))
    if request.method != "POST":
        return _drawn(request, page)
    if form.is_bound:
        page = replace(page, draft=builder.posted_draft(request.POST))
        made, problems = _saved(request, page)
        if made is not None:
            return redirect("customers:segment", made.pk)
        return _drawn(request, replace(page, problems=problems))
    return _drawn(request, _acted(request, page))


def _acted(request: StaffRequest, page: Page) -> Page:
    """Return the page after a part was added, removed, or brought back."""
    draft, act = builder.posted_draft(request.POST), request.POST.get("act", "")
    if act == "undo":
        kept = _kept(request.POST.get("undo", ""))
        return replace(page, draft=builder.drafted(kept) if kept else draft)
    changed = builder.changed(draft, act)
    if not act.startswith("remove:"):
        focus = builder.newest(changed) if act != "redraw" else None
        return replace(page, draft=changed, focus=focus)
    before, _numbers = builder.definition(draft, is_whole=True)
    undo = json.dumps(written_definition(before), ensure_ascii=False)
    return replace(page, draft=changed, undo=undo)


def _kept(text: str) -> Group | None:
    """Return the conditions as they were before a removal; None if they are not these."""
    try:
        return read_definition(json.loads(text))
    except (ValueError, BadDefinition):
        return None


def _saved(
    request: StaffRequest, page: Page
) -> tuple[Segment | None, Mapping[int, str]]:
    """Save what the page says; else return what is wrong with which condition."""
    group, numbers = builder.definition(page.draft, is_whole=True)
    if not page.form.is_valid():
        return None, {}
    try:
        return _write(request, page, group), {}
    except BadDefinition as refusal:
        page.form.add_refusal(refusal)
        return None, {numbers[k]: text for k, text in refusal.problems.items()}
    except Refused as refusal:
        page.form.add_refusal(refusal)
    return None, {}


def _write(request: StaffRequest, page: Page, group: Group) -> Segment:
    facts = page.form.facts(group, page.segment)
    if page.segment is None:
        return create_segment(request.user, facts, at=now())
    version = key_of(request.POST.get("version", ""))
    return change_segment(request.user, page.segment, facts, version=version, at=now())


def _drawn(request: StaffRequest, page: Page) -> HttpResponse:
    criteria = Criteria(request.user, now())
    draft = builder.settled(page.draft, criteria)
    group, numbers = builder.definition(draft)
    wrong = {numbers[place]: text for place, text in criteria.problems(group).items()}
    wrong = {**wrong, **page.problems}
    context = {
        "form": page.form,
        "segment": page.segment,
        "box": builder.drawn(draft, criteria, wrong),
        "menu": builder.menu(criteria),
        "preview": None if wrong else preview_of(criteria, group),
        "problems": wrong.values(),
        "undo": page.undo,
        "focus": page.focus,
    }
    is_part = request.htmx and "act" in request.POST
    template = "_segment_builder.html" if is_part else "segment_form.html"
    status = 422 if page.form.errors else 200
    return render(request, f"customers/{template}", context, status=status)
