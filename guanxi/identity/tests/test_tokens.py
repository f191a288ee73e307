"""Tokens: what they may, and when they end."""

from datetime import timedelta

import pytest

from guanxi.foundation.actor import Depth
from guanxi.foundation.errors import Denied, NotVisible, Refused
from guanxi.identity.commands.role import grant_roles
from guanxi.identity.commands.token import create_token, revoke_token
from guanxi.identity.models import Token, User
from guanxi.identity.queries import actor_for_token
from guanxi.identity.tests.factories import (
    NOON,
    make_people,
    make_role,
    make_token,
    make_user,
)
from guanxi.identity.tests.traces import written

pytestmark = pytest.mark.django_db
LATER = NOON + timedelta(days=30)


def desk() -> dict[str, Depth]:
    return {
        "user.read": Depth.OWN,
        "token.read": Depth.OWN,
        "token.create": Depth.OWN,
        "token.revoke": Depth.OWN,
    }


def test_given_scopes_when_a_token_acts_then_it_may_what_both_may() -> None:
    user = make_user("李雷", roles=[make_role({**desk(), "team.read": Depth.ALL})])
    token, text = make_token(user, user, ["team.read", "user.read"])
    assert text.startswith("gx_")
    assert text not in str(vars(token))
    actor = actor_for_token(text, NOON)
    assert actor is not None
    assert actor.actor_id == user.pk
    assert actor.actor_name == "李雷 · 报表"
    assert actor.grants.depth("team.read") is Depth.ALL
    assert actor.grants.depth("user.read") is Depth.OWN
    assert actor.grants.depth("token.read") is Depth.NONE


def test_given_a_role_lost_when_the_token_acts_then_it_has_lost_it_too(
    admin: User,
) -> None:
    user = make_user(roles=[make_role({**desk(), "team.read": Depth.ALL})])
    _, text = make_token(user, user, ["team.read"])
    grant_roles(admin, user, [], at=NOON)
    actor = actor_for_token(text, NOON)
    assert actor is not None
    assert actor.grants.depth("team.read") is Depth.NONE


def test_given_a_token_when_expired_or_revoked_then_nobody_acts() -> None:
    user = make_user(roles=[make_role(desk())])
    token, text = make_token(user, user, ["user.read"])
    assert actor_for_token(text, LATER - timedelta(seconds=1)) is not None
    assert actor_for_token(text, LATER) is None
    revoke_token(user, token, at=NOON)
    assert actor_for_token(text, NOON) is None


def test_given_a_busy_token_when_used_then_noted_once_a_minute() -> None:
    user = make_user(roles=[make_role(desk())])
    token, text = make_token(user, user, ["user.read"])
    for seconds, noted in ((0, 0), (59, 0), (60, 60), (100, 60)):
        actor_for_token(text, NOON + timedelta(seconds=seconds))
        token.refresh_from_db()
        assert token.last_used_at == NOON + timedelta(seconds=noted)


@pytest.mark.parametrize(
    "facts",
    [
        {"scopes": ["team.edit"]},
        {"scopes": ["no.such"]},
        {"scopes": []},
        {"name": " "},
        {"expires_at": NOON},
        {"expires_at": NOON + timedelta(days=367)},
    ],
)
def test_given_wrong_facts_when_creating_a_token_then_refused(
    facts: dict[str, object],
) -> None:
    user = make_user(roles=[make_role(desk())])
    right = {"name": "报表", "scopes": ["user.read"], "expires_at": LATER}
    with pytest.raises(Refused):
        create_token(user, user, **{**right, **facts}, at=NOON)  # type: ignore[arg-type]  # -- the facts a case names
    assert Token.objects.count() == 0


def test_given_someone_stronger_when_creating_their_token_then_denied(
    admin: User,
) -> None:
    helper = make_user(roles=[make_role(dict.fromkeys(desk(), Depth.ALL))])
    before = written()
    with pytest.raises(Denied):
        make_token(helper, admin, ["user.read"])
    assert written() == before


def test_owner_colleague_stranger_on_a_token() -> None:
    owner, colleague, stranger = make_people(
        "token.create", "token.revoke", "user.read"
    )
    token, _ = make_token(owner, owner, ["user.read"])
    for person, error in ((colleague, Denied), (stranger, NotVisible)):
        before = written()
        with pytest.raises(error):
            revoke_token(person, token, at=NOON)
        with pytest.raises(Denied if person is colleague else NotVisible):
            make_token(person, owner, ["user.read"])
        assert written() == before
    revoke_token(owner, token, at=NOON)
    assert token.state(NOON) == "revoked"
