"""Who may read and change users, teams, roles and tokens."""

from collections.abc import Collection, Mapping

from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from guanxi.foundation.actor import Level
from guanxi.foundation.emails import mask_email
from guanxi.foundation.policies import Field, Policy, Privacy, all_policies, register
from guanxi.identity.models import AccessDay, Duty, Role, Team, Token, User
from guanxi.identity.rules.purpose import WORKING

USER = register(
    Policy(
        kind="user",
        label=_("User"),
        owner="id",
        team="team_id",
        actions={
            "read": _("Read"),
            "create": _("Create"),
            "edit": _("Edit"),
            "deactivate": _("Deactivate and reactivate"),
            "reset_password": _("Reset password and two-factor"),
            "grant": _("Grant roles"),
        },
        fields={
            "name": Field(pgettext_lazy("person", "Name"), purposes=(WORKING,)),
            "username": Field(_("Username"), purposes=(WORKING,)),
            "email": Field(_("E-mail"), privacy=Privacy.PERSONAL, mask=mask_email),
            "team": Field(_("Team")),
            "roles": Field(_("Roles")),
            "is_active": Field(_("Active")),
            "last_login": Field(
                _("Last sign-in"), level=Level.READ, purposes=(WORKING,)
            ),
            "created_at": Field(_("Created on"), level=Level.READ),
        },
        always=["name", "username", "team", "roles", "is_active", "last_login"],
        purposes=(WORKING,),
    ),
    User,
)
TEAM = register(
    Policy(
        kind="team",
        label=_("Team"),
        actions={
            "read": _("Read"),
            "create": _("Create"),
            "edit": _("Edit"),
            "delete": _("Delete"),
        },
        fields={
            "name": Field(pgettext_lazy("thing", "Name")),
            "parent": Field(_("Parent team")),
        },
        always=["name", "parent"],
    ),
    Team,
)
ROLE = register(
    Policy(
        kind="role",
        label=_("Role"),
        actions={
            "read": _("Read"),
            "create": _("Create"),
            "edit": _("Edit"),
            "delete": _("Delete"),
        },
        fields={
            "name": Field(pgettext_lazy("thing", "Name")),
            "description": Field(_("Description")),
        },
        always=["name", "description"],
    ),
    Role,
)
TOKEN = register(
    Policy(
        kind="token",
        label=pgettext_lazy("API", "Token"),
        owner="user_id",
        team="user__team_id",
        actions={
            "read": _("Read"),
            "create": _("Create"),
            "revoke": _("Revoke"),
        },
        fields={
            "name": Field(pgettext_lazy("thing", "Name")),
            "user": Field(_("User"), level=Level.READ),
            "scopes": Field(_("Scopes")),
            "expires_at": Field(_("Expires at")),
            "last_used_at": Field(_("Last used at"), level=Level.READ),
        },
        always=["name", "user", "scopes", "expires_at", "last_used_at"],
    ),
    Token,
)

DUTY = register(
    Policy(
        kind="duty",
        label=_("Security duties"),
        actions={
            "read": _("See who lacks what"),
            "edit": _("Edit"),
            "record": _("Record trainings and agreements"),
        },
        fields={
            "title": Field(pgettext_lazy("duty", "Title")),
            "kind": Field(pgettext_lazy("duty", "Kind")),
            "gate": Field(_("While overdue")),
            "days": Field(_("Days to do it")),
            "months": Field(_("Holds for months")),
            "is_active": Field(_("In use")),
        },
        always=["title", "kind", "gate", "days", "months", "is_active"],
    ),
    Duty,
)

ACCESS_DAY = register(
    Policy(
        kind="access_day",
        label=_("Access review"),
        owner="user_id",
        team="user__team_id",
        actions={"read": _("See"), "review": _("Review"), "export": _("Export")},
        fields={
            "day": Field(_("Day")),
            "user": Field(_("User")),
            "views": Field(pgettext_lazy("access", "Views")),
            "reveals": Field(_("Reveals")),
            "exports": Field(_("Exports")),
            "records": Field(_("Records")),
            "usual": Field(_("Usual for this person")),
            "peers": Field(_("Colleagues that day")),
            "is_outlier": Field(_("Stands out")),
            "is_reviewed": Field(_("Reviewed")),
            "remark": Field(_("Remark")),
            "acts": Field(_("Single acts")),
        },
        always=frozenset({"day", "user"}),
    ),
    AccessDay,
)


def default_levels() -> Mapping[str, Level]:
    """Return how openly each field is shown to a role that says nothing of it."""
    return {
        f"{policy.kind}.{name}": rule.level
        for policy in all_policies()
        for name, rule in policy.fields.items()
    }


def personal_fields() -> frozenset[str]:
    """Return the keys of the fields that tell about a person."""
    return frozenset(
        f"{policy.kind}.{name}"
        for policy in all_policies()
        for name, rule in policy.fields.items()
        if rule.privacy is not Privacy.NONE
    )


def permissions() -> frozenset[str]:
    """Return every permission there is: ``"customer.edit"``, …"""
    return frozenset(
        policy.permission(action)
        for policy in all_policies()
        for action in policy.actions
    )


def told_rights(named: Collection[str]) -> str:
    """Return permissions in words, kind by kind: ``Customer: Read, Edit; Order: Read``."""
    told = []
    for policy in all_policies():
        actions = [
            str(label)
            for action, label in policy.actions.items()
            if policy.permission(action) in named
        ]
        if actions:
            kind = {"kind": policy.label, "actions": gettext(", ").join(actions)}
            told.append(gettext("%(kind)s: %(actions)s") % kind)
    return gettext("; ").join(told)
