"""One page for the administrator: how well the data of customers are looked after."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.timezone import localdate, localtime
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from guanxi.foundation.access_log import verify
from guanxi.foundation.clock import now
from guanxi.foundation.policies import Policy, Privacy, all_policies, require
from guanxi.foundation.rooms import allowed
from guanxi.foundation.sealing.ring import BadRing, ring
from guanxi.identity.models import Role
from guanxi.identity.models.gate import OURS
from guanxi.identity.policies import ACCESS_DAY
from guanxi.identity.queries import debts, roles
from guanxi.identity.queries.access_day import open_reviews
from guanxi.identity.queries.oversight import (
    level_of,
    second_factors,
    sessions_and_tokens,
)
from guanxi.identity.rules.duty import KIND_LABELS, DutyKind, Standing
from guanxi.identity.rules.grants import LEVEL_LABELS
from guanxi.identity.views.page import SignedIn

KEY_AGE = timedelta(days=365)
BACKUP_AGE = timedelta(days=2)
SEAL_PATIENCE = timedelta(minutes=5)
NONE = "–"


@dataclass(frozen=True)
class Light:
    """One thing to look after: how it stands, in a number or a word, and where to mend it."""

    title: str
    state: str
    tone: str
    url: str = ""
    mend: str = ""


@dataclass(frozen=True)
class Grid:
    """How openly each role shows each protected field of one kind of records."""

    kind: str
    roles: Sequence[str]
    rows: Sequence[tuple[str, str, Sequence[str]]]


@login_required
def oversight(request: SignedIn) -> HttpResponse:
    """Show awareness, rules, agreements, graded access, supervision, sign-in, keys, backups."""
    require(request.user, "audit.read")
    at = now()
    lights = [
        *(_duties(request, at) if allowed(request.user, "duty.read") else ()),
        *_reviews(request),
        _chain(at),
        _factors(request),
        _sessions(request, at),
        _keys(at),
        _backup(at),
    ]
    context = {"lights": lights, "grids": list(_grids(list(roles(request.user))))}
    return render(request, "identity/oversight.html", context)


def _duties(request: SignedIn, at: datetime) -> Iterator[Light]:
    """Yield one light for each kind of duty: who is overdue, or that none is asked."""
    found = debts(request.user, localdate(at))
    for kind in (DutyKind.TRAINING, DutyKind.DOCUMENT, DutyKind.AGREEMENT):
        asked = [one.owed for one in found if one.owed.asked.kind is kind]
        overdue = sum(one.standing is Standing.OVERDUE for one in asked)
        if not asked:
            state, tone = _("none is asked"), "amber"
        else:
            state = _("%(done)s of %(all)s in order") % {
                "done": len(asked) - overdue,
                "all": len(asked),
            }
            tone = "red" if overdue else "green"
        yield Light(
            str(KIND_LABELS[kind]),
            state,
            tone,
            reverse("identity:duties"),
            _("Remind those who lack it, or record what they did.")
            if asked
            else _("Set down what colleagues owe."),
        )


def _reviews(request: SignedIn) -> Iterator[Light]:
    """Yield how many days wait for a review, to whoever sees which those are."""
    if not {"is_outlier", "is_reviewed"} <= ACCESS_DAY.readable(request.user):
        return
    waiting, standing_out = open_reviews(request.user)
    state = ngettext(
        "%(count)s day to review, %(out)s stand out",
        "%(count)s days to review, %(out)s stand out",
        waiting,
    ) % {"count": waiting, "out": standing_out}
    tone = "red" if standing_out else "amber" if waiting else "green"
    mend = _("Look into what stands out first.")
    url = f"{reverse('identity:access_days')}?where=is_reviewed.eq.false"
    yield Light(_("Supervision of access"), state, tone, url, mend)


def _chain(at: datetime) -> Light:
    last, since = verify.last_check(), verify.waiting_since()
    mend = _("“guanxi audit verify” goes through the whole log.")
    title, url = _("Access log"), reverse("foundation:access")
    if last is None:
        return Light(title, _("not checked yet"), "amber", url, mend)
    told_at = f"{localtime(last.at):%Y-%m-%d %H:%M}"
    if last.flaw:
        state = _("broken, found at %(at)s") % {"at": told_at}
        return Light(title, state, "red", url, mend)
    if since is not None and at - since > SEAL_PATIENCE:
        return Light(title, _("rows wait to be chained"), "amber", url, mend)
    state = _("%(count)s rows hold, checked at %(at)s")
    facts = {"count": last.rows, "at": told_at}
    return Light(title, state % facts, "green", url, mend)


def _factors(request: SignedIn) -> Light:
    secured, everybody = second_factors(request.user)
    state = _("%(done)s of %(all)s people") % {"done": secured, "all": everybody}
    tone = "green" if secured == everybody else "amber"
    mend = _("Ask them to set up an authenticator app or a passkey under “My account”.")
    return Light(
        _("Second factor at sign-in"), state, tone, reverse("identity:users"), mend
    )


def _sessions(request: SignedIn, at: datetime) -> Light:
    live, active, unused = sessions_and_tokens(request.user, at=at)
    state = _("%(sessions)s sessions, %(tokens)s tokens, %(unused)s of them unused")
    facts = {"sessions": live, "tokens": active, "unused": unused}
    mend = _("Revoke tokens that nobody has used for 90 days.")
    tone = "amber" if unused else "green"
    url = reverse("identity:tokens")
    return Light(_("Sessions and tokens"), state % facts, tone, url, mend)


def _keys(at: datetime) -> Light:
    title, mend = _("Keys of protected values"), _("“guanxi keys rotate” changes them.")
    try:
        keys = ring()
    except BadRing as error:
        return Light(title, error.message, "red", mend=mend)
    made_at = keys.keys[keys.active].made_at
    state = _("%(count)s keys, the one in use since %(day)s") % {
        "count": len(keys.keys),
        "day": f"{localtime(made_at):%Y-%m-%d}",
    }
    tone = "amber" if at - made_at > KEY_AGE else "green"
    return Light(title, state, tone, mend=mend)


def _backup(at: datetime) -> Light:
    title, mend = _("Backups"), _("“guanxi backup FILE” makes one; let a timer run it.")
    try:
        facts = settings.LAST_BACKUP_FILE.stat()
    except FileNotFoundError:
        return Light(title, _("none was made here"), "red", mend=mend)
    made_at = localtime(datetime.fromtimestamp(facts.st_mtime, at.tzinfo))
    state = _("the last one at %(at)s") % {"at": f"{made_at:%Y-%m-%d %H:%M}"}
    tone = "amber" if at - made_at > BACKUP_AGE else "green"
    return Light(title, state, tone, mend=mend)


def _grids(every: Sequence[Role]) -> Iterator[Grid]:
    """Yield how openly each role shows personal and sensitive fields, kind by kind."""
    for policy in all_policies():
        fields = [n for n, f in policy.fields.items() if f.privacy is not Privacy.NONE]
        if policy.kind != OURS and fields:
            told = [_row(policy, every, name) for name in fields]
            yield Grid(str(policy.label), [role.label for role in every], told)


def _row(
    policy: Policy, every: Sequence[Role], name: str
) -> tuple[str, str, Sequence[str]]:
    """Return what a field is called, its class, and how openly each role shows it."""
    field = policy.fields[name]
    mark = _("sensitive") if field.privacy is Privacy.SENSITIVE else _("personal")
    return str(field.label), mark, [_cell(policy, role, name) for role in every]


def _cell(policy: Policy, role: Role, name: str) -> str:
    """Return how openly ``role`` shows a field; nothing where it reads no records."""
    level = level_of(role, policy, name)
    return NONE if level is None else str(LEVEL_LABELS[level])
