"""``guanxi keys``: the keys of protected values, and a new one for all of them."""

from collections.abc import Sequence
from dataclasses import asdict
from gettext import gettext as _
from gettext import ngettext

import click

from guanxi.config import key_ring
from guanxi.config.doctor import local
from guanxi.config.key_ring import KeyState
from guanxi.config.problems import SetupError
from guanxi.config.reports import json_option, report, tell_step
from guanxi.config.session import house_open
from guanxi.foundation import clock
from guanxi.foundation.sealing.ring import Ring, written_ring
from guanxi.foundation.sealing.rotation import claim, turn_over, uses


@click.group("keys", help=_("List the keys of protected values, and change them."))
def command() -> None:
    """Group the commands about keys."""


@command.command("list", help=_("List the keys, and how many values each protects."))
@json_option
def list_keys(*, as_json: bool) -> None:
    """Report every key; never what it is."""
    with house_open():
        _report(key_ring.states(key_ring.present(), uses()), as_json=as_json)


@command.command(
    "rotate",
    help=_(
        "Protect all values with a new key, while people go on working. Killed, it goes "
        "on where it was."
    ),
)
@json_option
def rotate(*, as_json: bool) -> None:
    """Turn all values over to a new key, or to the one that the setting names."""
    with house_open():
        if not claim():
            raise SetupError(_("Another process changes the keys: wait for its end."))
        ring = _next_ring()
        done = turn_over(ring, _tell)
        found = key_ring.states(ring, uses())
        _tell_result(done, as_json=as_json)
        _report(found, as_json=as_json)


@command.command(
    "new",
    help=_(
        "Print the key ring with a new key in use, for GUANXI_KEY_RING; nothing is changed."
    ),
)
def new() -> None:
    """Print a ring; whoever runs the command keeps it."""
    ring = key_ring.with_new_key(key_ring.present(), at=clock.now())
    click.echo(" ".join(written_ring(ring).split()))


def _next_ring() -> Ring:
    """
    Return the ring to turn over to, which every process reads before values need it.

    :raises SetupError: without a ring, or if a key that values name is missing.
    """
    ring, used = key_ring.present(), uses()
    key_ring.require(ring, used)
    if ring is None:
        raise SetupError(_("There is no key ring yet: start Guanxi once."))
    if key_ring.is_given():
        return ring
    turned = key_ring.turned(ring, used, at=clock.now())
    key_ring.keep(turned)
    return turned


def _tell(done: int) -> None:
    told = ngettext(
        "%(count)s value is protected anew …",
        "%(count)s values are protected anew …",
        done,
    )
    tell_step(told % {"count": done})


def _tell_result(done: int, *, as_json: bool) -> None:
    if as_json:
        return
    if key_ring.is_given():
        tell_step(
            _(
                "The keys are those of GUANXI_KEY_RING. For a new one, set it to what "
                "“guanxi keys new” prints, restart, and run this again."
            )
        )
    if not done:
        tell_step(_("No value was under another key than the active one."))


def _report(found: Sequence[KeyState], *, as_json: bool) -> None:
    lines = [_line(one) for one in found]
    facts = [asdict(one) for one in found]
    report(facts, "\n".join(lines) or _("There are no keys yet."), as_json=as_json)


def _line(one: KeyState) -> str:
    made = local(one.made_at) if one.made_at else ""
    used = ngettext("%(count)s value", "%(count)s values", one.used)
    return "\t".join([one.id, _word(one), made, used % {"count": one.used}])


def _word(one: KeyState) -> str:
    if one.made_at is None:
        return _("missing")
    if one.is_active:
        return _("in use")
    return _("retired, still needed") if one.used else _("retired, not needed")
