"""Teams: a tree that moves, and who then reaches whom."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from guanxi.foundation.actor import Depth
from guanxi.foundation.errors import Denied, Refused
from guanxi.foundation.models import LoggedEvent
from guanxi.identity.commands.team import (
    create_team,
    delete_team,
    move_team,
    rename_team,
)
from guanxi.identity.models import Team, User
from guanxi.identity.tests.factories import (
    NOON,
    make_role,
    make_team,
    make_user,
)
from guanxi.identity.tests.traces import written

pytestmark = pytest.mark.django_db


def test_given_a_tree_when_a_branch_moves_then_all_paths_follow(admin: User) -> None:
    china = create_team(admin, name="中国", at=NOON)
    east = create_team(admin, name="华东", parent=china, at=NOON)
    shanghai = create_team(admin, name="上海", parent=east, at=NOON)
    asia = create_team(admin, name="亚洲", at=NOON)
    move_team(admin, china, parent=asia, at=NOON)
    shanghai.refresh_from_db()
    assert shanghai.path == [asia.pk, china.pk, east.pk, shanghai.pk]
    assert LoggedEvent.objects.filter(name="identity.TeamMoved").get().changes == {
        "parent": ["", "亚洲"]
    }


def test_given_a_team_when_moved_below_itself_then_refused(admin: User) -> None:
    china = create_team(admin, name="中国", at=NOON)
    east = create_team(admin, name="华东", parent=china, at=NOON)
    with pytest.raises(Refused):
        move_team(admin, china, parent=east, at=NOON)
    china.refresh_from_db()
    assert china.path == [china.pk]


def test_given_a_lead_when_a_team_comes_below_then_the_next_request_reaches_it(
    admin: User,
) -> None:
    china, east = make_team("中国"), make_team("华东")
    lead = make_user(team=china)
    assert lead.team_ids == {china.pk}
    move_team(admin, east, parent=china, at=NOON)
    assert User.objects.get(pk=lead.pk).team_ids == {china.pk, east.pk}
    north = create_team(admin, name="华北", parent=china, at=NOON)
    assert User.objects.get(pk=lead.pk).team_ids == {china.pk, east.pk, north.pk}
    move_team(admin, east, parent=None, at=NOON)
    delete_team(admin, north, at=NOON)
    assert User.objects.get(pk=lead.pk).team_ids == {china.pk}


def test_given_a_namesake_beside_it_when_created_or_renamed_then_refused(
    admin: User, team: Team
) -> None:
    with pytest.raises(Refused):
        create_team(admin, name="华东", at=NOON)
    other = create_team(admin, name="华北", at=NOON)
    with pytest.raises(Refused):
        rename_team(admin, other, name="华东", at=NOON)


def test_given_a_team_with_people_when_deleted_then_refused(
    admin: User, team: Team
) -> None:
    make_user(team=team)
    with pytest.raises(Refused):
        delete_team(admin, team, at=NOON)
    assert Team.objects.filter(pk=team.pk).exists()


def test_given_a_team_with_teams_below_when_deleted_then_refused(
    admin: User, team: Team
) -> None:
    below = make_team(parent=team)
    with pytest.raises(Refused):
        delete_team(admin, team, at=NOON)
    delete_team(admin, below, at=NOON)
    delete_team(admin, team, at=NOON)
    assert not Team.objects.filter(pk__in=[team.pk, below.pk]).exists()


def test_given_many_people_when_deleting_their_team_then_they_are_not_all_read(
    admin: User, team: Team
) -> None:
    for _number in range(3):
        make_user(team=team)
    with CaptureQueriesContext(connection) as queries, pytest.raises(Refused):
        delete_team(admin, team, at=NOON)
    asked = [q["sql"] for q in queries if '"identity_user"."team_id" =' in q["sql"]]
    assert len(asked) == 1
    assert asked[0].endswith("LIMIT 1")


def test_given_only_reading_when_changing_teams_then_denied_and_unwritten(
    team: Team,
) -> None:
    reader = make_user(roles=[make_role({"team.read": Depth.ALL})])
    before = written()
    with pytest.raises(Denied):
        rename_team(reader, team, name="新", at=NOON)
    with pytest.raises(Denied):
        create_team(reader, name="新", at=NOON)
    assert written() == before
