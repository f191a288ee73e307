"""Give the whole book of an owner to others, and take it back."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import TYPE_CHECKING

from django.contrib.auth import get_user_model
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from guanxi.customers.commands.handover_step import give_some, take_some_back
from guanxi.customers.commands.owner import require_active
from guanxi.customers.events import HandoverStarted
from guanxi.customers.models import Handover
from guanxi.customers.policies import CUSTOMER
from guanxi.customers.queries.handover import (
    PLACE,
    Criteria,
    Plan,
    book,
    cities_of,
    require_told,
)
from guanxi.customers.rules.handover import MOST_TAKERS, HandoverState, Spread
from guanxi.foundation.actor import Actor, System
from guanxi.foundation.clock import now
from guanxi.foundation.commands import command
from guanxi.foundation.errors import Denied, NotVisible, Refused
from guanxi.foundation.events import publish
from guanxi.foundation.figures import grouped
from guanxi.foundation.jobs import job
from guanxi.foundation.notices import notify
from guanxi.foundation.policies import require

if TYPE_CHECKING:
    from guanxi.identity.models import User

# As often as a job is tried (jobs.RETRY): after that nobody will take it up.
MOST_ATTEMPTS = 5
CONSOLE = System(gettext_noop("console"))
DENIED = gettext_noop("You may not hand over these customers any more.")
BROKEN = gettext_noop(
    "The handover stopped because of an error in the program. What went over stays; "
    "the log of the worker has the reason."
)
GIVEN = gettext_noop("The customers of %(name)s are handed over: %(count)s.")
GOT = gettext_noop("Customers of %(name)s that are yours now: %(count)s.")
RETURNED = gettext_noop(
    "The handover of the customers of %(name)s is undone: %(count)s given back."
)
STOPPED = gettext_noop("The handover of the customers of %(name)s stopped.")


class NothingToHandOver(Refused):
    """A book without customers that could go."""

    code = "nothing_to_hand_over"


class BadTakers(Refused):
    """Nobody to take customers over, too many, or the owner himself."""

    code = "bad_takers"


class NotNow(Refused):
    """A handover that stands elsewhere than this needs."""

    code = "not_now"


@command(needs="handover.create")
def start_handover(
    by: Actor,
    old_owner: "User",
    takers: Sequence["User"],
    /,
    *,
    spread: Spread = Spread.EQUAL,
    criteria: Criteria = Criteria(),  # noqa: B008 -- frozen
    at: datetime,
) -> Handover:
    """
    Have the customers of ``old_owner`` that fit ``criteria`` given to ``takers``.

    Only those that ``by`` may assign. A job does it, some thousand at a time; killed, it
    goes on where it was.

    :raises BadTakers: without takers, with too many, or with the owner among them.
    :raises OwnerGone: if one of them is not active.
    :raises NothingToHandOver: if no customer fits.
    :raises Denied: if ``by`` may not assign customers, or not read what he asks for.
    """
    require(by, CUSTOMER.permission("assign"))
    _require_takers(old_owner, takers)
    require_told(by, spread, criteria)
    plan = Plan(old_owner.pk, [one.pk for one in takers], spread, criteria)
    total = book(by, old_owner.pk, criteria).count()
    if not total:
        raise NothingToHandOver(
            _("%(name)s has no customers that fit and that you may assign.")
            % {"name": old_owner.name},
            field="old_owner",
        )
    made = Handover.objects.create(
        old_owner=old_owner,
        started_by_id=by.actor_id,
        team_id=by.team_id,
        takers=list(plan.takers),
        spread=spread,
        cities=cities_of(by, plan),
        criteria=criteria.given(),
        total=total,
        created_at=at,
    )
    publish(
        HandoverStarted(
            handover_id=made.pk,
            old_owner_id=old_owner.pk,
            taker_ids=list(plan.takers),
            count=total,
            at=at,
        )
    )
    carry_out.later(handover_id=made.pk)
    return made


@command(needs="handover.undo")
def undo_handover(by: Actor, handover: Handover, /, *, at: datetime) -> Handover:
    """
    Have the customers given back, but those that have changed hands again since.

    :raises NotNow: while it runs, or if it is undone already.
    """
    held = Handover.objects.select_for_update(of=("self",)).get(pk=handover.pk)
    if held.state not in (HandoverState.DONE, HandoverState.FAILED) or not held.given:
        raise NotNow(_("There is nothing to undo at this moment."))
    held.state, held.mark, held.attempts = HandoverState.UNDOING, 0, 0
    held.problem, held.finished_at = "", None
    held.save()
    carry_back.later(handover_id=held.pk, user_id=by.actor_id)
    return held


@job(queue="handovers")
def carry_out(*, handover_id: int) -> None:
    """Carry a handover out, from where it is."""
    run = _waiting(handover_id, HandoverState.RUNNING)
    if run is None:
        return
    with _failing_well(run):
        done = _to_the_end(give_some, _actor(run.started_by_id), run)
        if done.state == HandoverState.DONE:
            _tell(done, GIVEN, done.given)
            _tell_takers(done)


@job(queue="handovers")
def carry_back(*, handover_id: int, user_id: int | None) -> None:
    """Take a handover back, from where it is."""
    run = _waiting(handover_id, HandoverState.UNDOING)
    if run is None:
        return
    with _failing_well(run):
        done = _to_the_end(take_some_back, _actor(user_id), run)
        if done.state == HandoverState.UNDONE:
            _tell(done, RETURNED, done.returned)


def _require_takers(old_owner: "User", takers: Sequence["User"]) -> None:
    if not takers:
        raise BadTakers(_("Choose who takes the customers over."), field="takers")
    if len(takers) > MOST_TAKERS:
        text = _("Choose at most %(n)s colleagues.") % {"n": MOST_TAKERS}
        raise BadTakers(text, field="takers")
    if old_owner.pk in {one.pk for one in takers}:
        text = _("%(name)s has these customers already. Choose somebody else.")
        raise BadTakers(text % {"name": old_owner.name}, field="takers")
    for one in takers:
        require_active(one, field="takers")


def _to_the_end(step: Callable[..., Handover], by: Actor, run: Handover) -> Handover:
    """Do ``step`` until there is nothing more, or another process does it."""
    while True:
        mark, state = run.mark, run.state
        run = step(by, run, at=now())
        if run.state != state or run.mark == mark:
            return run


def _waiting(handover_id: int, state: str) -> Handover | None:
    """Return the handover if it still waits for this."""
    rows = Handover.objects.select_related("old_owner")
    return rows.filter(pk=handover_id, state=state).first()


def _actor(user_id: int | None) -> Actor:
    if user_id is None:
        return CONSOLE
    found: Actor = get_user_model().objects.get(pk=user_id)
    return found


@contextmanager
def _failing_well(run: Handover) -> Iterator[None]:
    """
    Stop the handover if the block is refused, or fails as often as it is tried.

    Everything else is tried again by the queue, from where the handover stands.
    """
    Handover.objects.filter(pk=run.pk).update(attempts=run.attempts + 1)
    problem = BROKEN if run.attempts + 1 >= MOST_ATTEMPTS else ""
    try:
        yield
        problem = ""
    except Refused as refusal:
        problem = refusal.message
    except (Denied, NotVisible):
        problem = DENIED
    finally:
        if problem:
            _stop(run, problem)


def _stop(run: Handover, problem: str) -> None:
    """Stop for good, with the reason; what went over stays and can be undone."""
    Handover.objects.filter(pk=run.pk).update(
        state=HandoverState.FAILED, problem=problem, finished_at=now()
    )
    _tell(run, STOPPED, run.given)


def _tell(run: Handover, sentence: str, count: int) -> None:
    if run.started_by_id is None:
        return
    url = reverse("customers:handover", args=[run.pk])
    words = {"name": run.old_owner.name, "count": grouped(count)}
    notify(run.started_by_id, sentence, words, at=now(), url=url)


def _tell_takers(run: Handover) -> None:
    for pk, part in run.parts.items():
        words = {"name": run.old_owner.name, "count": grouped(part[PLACE])}
        notify(int(pk), GOT, words, at=now(), url=reverse("customers:customers"))
