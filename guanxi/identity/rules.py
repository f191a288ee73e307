"""The laws of identity: how roles add up."""

from collections.abc import Iterable, Mapping

from guanxi.foundation.actor import Depth, Grants, Level

RoleGrants = tuple[bool, Mapping[str, int], Mapping[str, int]]


def merge_grants(roles: Iterable[RoleGrants]) -> Grants:
    """
    Return the union of roles: the deepest depth and the most open level of each.

    A level that only some roles name counts as named: a role that hides a phone and
    another that says nothing about it hide it.
    """
    depths: dict[str, Depth] = {}
    levels: dict[str, Level] = {}
    everything = False
    for is_everything, role_depths, role_levels in roles:
        everything = everything or is_everything
        for permission, depth in role_depths.items():
            depths[permission] = max(depths.get(permission, Depth.NONE), Depth(depth))
        for name, level in role_levels.items():
            levels[name] = max(levels.get(name, Level.HIDDEN), Level(level))
    return Grants(depths=depths, levels=levels, everything=everything)
