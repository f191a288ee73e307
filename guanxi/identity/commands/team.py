"""The tree of teams grows, moves, and is pruned."""

from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models import ForeignObjectRel
from django.utils.translation import gettext as _

from guanxi.foundation.actor import Actor
from guanxi.foundation.commands import command
from guanxi.foundation.errors import Refused
from guanxi.foundation.events import publish
from guanxi.identity.events import TeamCreated, TeamDeleted, TeamMoved, TeamRenamed
from guanxi.identity.models import Team, User


@command(needs="team.create")
def create_team(
    by: Actor, *, name: str, at: datetime, parent: Team | None = None
) -> Team:
    """
    Create a team below ``parent``, or at the root.

    :raises Refused: if the name is empty, or taken by a sibling.
    """
    tree = _locked_tree()
    team = Team(name=_name(name), parent=parent)
    _save(team)
    team.path = [*(tree[parent.pk].path if parent else []), team.pk]
    team.save(update_fields=["path"])
    _renew_rights_above(team.path[:-1])
    publish(TeamCreated(team_id=team.pk, team=team.name, at=at))
    return team


@command(needs="team.edit")
def rename_team(by: Actor, team: Team, *, name: str, at: datetime) -> Team:
    """
    Give ``team`` another name.

    :raises Refused: if the name is empty, or taken by a sibling.
    """
    old, team.name = team.name, _name(name)
    if team.name != old:
        _save(team, "name")
        event = TeamRenamed(team_id=team.pk, team=team.name, at=at)
        publish(event, changes={"name": (old, team.name)})
    return team


@command(needs="team.edit")
def move_team(by: Actor, team: Team, *, parent: Team | None, at: datetime) -> Team:
    """
    Move ``team`` with all below it under ``parent``, or to the root.

    :raises Refused: if that would put the team below itself, or beside a namesake.
    """
    tree = _locked_tree()
    old, new = tree[team.pk].path[:-1], tree[parent.pk].path if parent else []
    if old == new:
        return team
    if team.pk in new:
        raise Refused(_("A team cannot be below itself."), field="parent")
    names = _path_names(tree, old), _path_names(tree, new)
    team.parent = parent
    _save(team, "parent")
    _move_paths(tree, team.pk, len(old), new)
    team.path = [*new, team.pk]
    _renew_rights_above([*old, *new])
    # What is shared with a team, or shut from it, is so for the teams below it too.
    User.objects.filter(team__path__contains=[team.pk]).renew_rights()
    event = TeamMoved(team_id=team.pk, team=team.name, parent_id=team.parent_id, at=at)
    publish(event, changes={"parent": names})
    return team


@command(needs="team.delete")
def delete_team(by: Actor, team: Team, *, at: datetime) -> None:
    """
    Delete a team that nothing belongs to.

    :raises Refused: if users, teams or records still belong to it.
    """
    _locked_tree()
    if _is_in_use(team):
        raise Refused(
            _("People, teams or records belong to this team: move them first.")
        )
    team_id, above = team.pk, team.path[:-1]
    team.delete()
    _renew_rights_above(above)
    publish(TeamDeleted(team_id=team_id, team=team.name, at=at))


def _locked_tree() -> dict[int, Team]:
    """Return all teams, locked: two moves at once could otherwise close a ring."""
    return {team.pk: team for team in Team.objects.select_for_update().order_by("pk")}


def _is_in_use(team: Team) -> bool:
    """
    Tell whether anything in any room points at ``team``.

    One row of each table is enough to know; to protect them all, Django would read them
    all, and a team may have a million customers.
    """
    return any(
        relation.field.model._base_manager.filter(
            **{relation.field.name: team}
        ).exists()
        for relation in Team._meta.get_fields(include_hidden=True)
        if isinstance(relation, ForeignObjectRel)
    )


def _move_paths(tree: dict[int, Team], team_id: int, cut: int, new: list[int]) -> None:
    """Replace the first ``cut`` ids of all paths through ``team_id`` by ``new``."""
    moved = [team for team in tree.values() if team_id in team.path]
    for team in moved:
        team.path = [*new, *team.path[cut:]]
    Team.objects.bulk_update(moved, ["path"])


def _renew_rights_above(team_ids: list[int]) -> None:
    """Let those whose own team has won or lost teams below it notice."""
    User.objects.filter(team_id__in=team_ids).renew_rights()


def _path_names(tree: dict[int, Team], path: list[int]) -> str:
    return " / ".join(tree[pk].name for pk in path)


def _name(text: str) -> str:
    name = " ".join(text.split())
    if not name:
        raise Refused(_("A name is needed."), field="name")
    return name


def _save(team: Team, *fields: str) -> None:
    try:
        with transaction.atomic():
            team.save(update_fields=fields or None)
    except IntegrityError as error:
        message = _("There is a team of this name at the same place already.")
        raise Refused(message, field="name") from error
