"""How rights add up, compare and narrow."""

from collections.abc import Iterable, Mapping

from django.utils.translation import pgettext_lazy

from guanxi.foundation.actor import Depth, Grants, Level

RoleGrants = tuple[bool, Mapping[str, int], Mapping[str, int | None]]

DEPTH_LABELS = {
    Depth.NONE: pgettext_lazy("depth", "None"),
    Depth.OWN: pgettext_lazy("depth", "Own"),
    Depth.TEAM: pgettext_lazy("depth", "Own team"),
    Depth.TEAM_TREE: pgettext_lazy("depth", "Team and below"),
    Depth.TERRITORY: pgettext_lazy("depth", "Team and below, and territories"),
    Depth.ALL: pgettext_lazy("depth", "All"),
}
LEVEL_LABELS = {
    Level.HIDDEN: pgettext_lazy("level", "Hidden"),
    Level.MASKED: pgettext_lazy("level", "Masked"),
    Level.READ: pgettext_lazy("level", "Read"),
    Level.WRITE: pgettext_lazy("level", "Write"),
}


def merge_grants(roles: Iterable[RoleGrants]) -> Grants:
    """
    Return the union of roles: the deepest depth and the most open level of each.

    A level that only some roles name counts as named: a role that hides a phone and
    another that says nothing about it hide it. A level of None says nothing.
    """
    depths: dict[str, Depth] = {}
    levels: dict[str, Level] = {}
    everything = False
    for is_everything, role_depths, role_levels in roles:
        everything = everything or is_everything
        for permission, depth in role_depths.items():
            depths[permission] = max(depths.get(permission, Depth.NONE), Depth(depth))
        for name, level in role_levels.items():
            if level is not None:
                levels[name] = max(levels.get(name, Level.HIDDEN), Level(level))
    return Grants(depths=depths, levels=levels, everything=everything)


def covers(wide: Grants, narrow: Grants, defaults: Mapping[str, Level]) -> bool:
    """
    Tell whether ``wide`` allows all that ``narrow`` does.

    ``defaults`` maps ``"customer.phone"`` to what a role gets that says nothing of it.
    """
    if wide.everything or narrow.everything:
        return wide.everything
    if any(wide.depth(name) < depth for name, depth in narrow.depths.items()):
        return False
    named = {*wide.levels, *narrow.levels} if narrow.depths else set()
    return all(
        wide.level(name, _default(defaults, name))
        >= narrow.level(name, _default(defaults, name))
        for name in named
    )


def within_scopes(
    grants: Grants, scopes: Iterable[str], fields: Iterable[str]
) -> Grants:
    """
    Return the part of ``grants`` that the permissions ``scopes`` let through.

    ``fields`` are all field keys: whoever may do everything keeps seeing them all.
    """
    depths = {scope: grants.depth(scope) for scope in scopes}
    levels = dict.fromkeys(fields, Level.WRITE) if grants.everything else grants.levels
    return Grants(
        depths=depths,
        levels=levels,
        covered=grants.covered,
        shut=grants.shut,
        shared=grants.shared,
        walled=grants.walled,
    )


def _default(defaults: Mapping[str, Level], name: str) -> Level:
    return defaults.get(name, Level.WRITE)
