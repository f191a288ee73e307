"""The list of people."""

from collections.abc import Sequence

from django.db.models import Prefetch, Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from guanxi.foundation.actor import Actor
from guanxi.foundation.tables.table import Column, ColumnKind, Empty, Table
from guanxi.identity.models import Role, User
from guanxi.identity.queries import roles, teams_in_order, users


def _rows(viewer: Actor) -> QuerySet[User]:
    held = Prefetch("roles", Role.objects.order_by("pk"))
    return users(viewer).select_related("team").prefetch_related(held)


def _search(viewer: Actor, text: str) -> Q:
    return Q(name__icontains=text) | Q(username__icontains=text)


def _team_choices(viewer: Actor) -> Sequence[tuple[str, str]]:
    return [(str(team.pk), team.name) for team in teams_in_order(viewer)]


def _role_choices(viewer: Actor) -> Sequence[tuple[str, str]]:
    return [(str(role.pk), role.label) for role in roles(viewer)]


def _role_names(row: User) -> str:
    return _(", ").join(role.label for role in row.roles.all())


USERS = Table(
    key="users",
    kind="user",
    model=User,
    title=gettext_lazy("People"),
    url="identity:users",
    rows=_rows,
    search=_search,
    searched=["name", "username"],
    default_sort="name",
    template="identity/users.html",
    columns=[
        Column(
            "name",
            pgettext_lazy("person", "Name"),
            sort="sort_name",
            link="identity:user",
        ),
        Column("username", gettext_lazy("Username"), sort="username"),
        Column("email", gettext_lazy("E-mail")),
        Column(
            "team",
            gettext_lazy("Team"),
            path="team_id",
            kind=ColumnKind.TEAM,
            choices=_team_choices,
            text=lambda row: row.team.name if row.team else "",
        ),
        Column(
            "roles",
            gettext_lazy("Roles"),
            kind=ColumnKind.TAGS,
            choices=_role_choices,
            text=_role_names,
        ),
        Column("is_active", gettext_lazy("Active"), kind=ColumnKind.BOOLEAN),
        Column(
            "last_login",
            gettext_lazy("Last sign-in"),
            kind=ColumnKind.INSTANT,
            sort="last_login",
            nullable=True,
        ),
        Column(
            "created_at",
            gettext_lazy("Created on"),
            kind=ColumnKind.INSTANT,
            sort="created_at",
            shown=False,
        ),
    ],
    empty=Empty(
        title=gettext_lazy("Nobody here yet"),
        text=gettext_lazy("Create the colleagues who work with the customers."),
        action_label=gettext_lazy("New user"),
        action_view="identity:user_create",
    ),
)
