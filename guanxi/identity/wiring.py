"""How identity plugs in."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from guanxi.foundation.access_log.events import AccessLogBroken
from guanxi.foundation.erasing.declared import Impersonal
from guanxi.foundation.rooms import Create, Finder, Nav, Room
from guanxi.identity import tasks
from guanxi.identity.queries import find_users
from guanxi.identity.queries.recipient import programs, servers
from guanxi.identity.queries.who import principal_of
from guanxi.identity.tables import ACCESS_DAYS, USERS
from guanxi.identity.views.duty import duty_banner

SETTINGS = _("Settings")

room = Room(
    impersonal=[
        Impersonal(
            [
                "identity.AccessDay",
                "identity.Duty",
                "identity.DutyVersion",
                "identity.Fulfilment",
                "identity.RoleOfGroup",
                "identity.Role",
                "identity.Team",
                "identity.Token",
                "identity.User",
                "identity.User_roles",
            ],
            "Tells of colleagues, whom their employer keeps as the law of labor says.",
        )
    ],
    nav=[
        Nav(
            _("People"),
            "identity:users",
            needs="user.read",
            icon="users",
            group=SETTINGS,
            order=90,
            group_icon="settings",
        ),
        Nav(
            _("Teams"),
            "identity:teams",
            needs="team.read",
            icon="sitemap",
            group=SETTINGS,
            order=91,
        ),
        Nav(
            _("Roles"),
            "identity:roles",
            needs="role.read",
            icon="shield",
            group=SETTINGS,
            order=92,
        ),
        Nav(
            _("Security overview"),
            "identity:oversight",
            needs="audit.read",
            icon="shield-lock",
            group=SETTINGS,
            order=89,
        ),
        Nav(
            _("Access review"),
            "identity:access_days",
            needs="access_day.read",
            icon="eye",
            group=SETTINGS,
            order=99,
        ),
        Nav(
            _("Security duties"),
            "identity:duties",
            needs="duty.read",
            icon="shield-check",
            group=SETTINGS,
            order=93,
        ),
        Nav(
            pgettext_lazy("API", "Tokens"),
            "identity:tokens",
            needs="token.read",
            icon="api",
            group=SETTINGS,
            order=96,
        ),
    ],
    clock={
        "27 3 * * *": [tasks.forget_sessions],
        "0 8 * * *": [tasks.remind_of_duties],
        "*/10 * * * *": [tasks.count_accesses],
    },
    reacts={AccessLogBroken: [tasks.warn_auditors]},
    banners=[duty_banner],
    tables=[USERS, ACCESS_DAYS],
    principals=[principal_of],
    recipients=[servers, programs],
    finds=[Finder(_("People"), "users", find_users)],
    creates=[
        Create(
            _("User"), "identity:user_create", needs="user.create", icon="users-plus"
        )
    ],
)
