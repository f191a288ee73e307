"""The matrix of a role: a depth for each action, a level for each field."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from guanxi.foundation.actor import Depth, Level
from guanxi.foundation.policies import Policy, all_policies
from guanxi.identity.commands.role import RoleRights
from guanxi.identity.models import Role
from guanxi.identity.rules.grants import DEPTH_LABELS, LEVEL_LABELS

UNSAID = ""


@dataclass(frozen=True)
class KindRights:
    """One kind of record in the matrix, with the controls that belong to it."""

    kind: str
    label: str
    actions: list[forms.BoundField]
    fields: list[forms.BoundField]

    @property
    def named(self) -> int:
        """Return how many fields have a level of their own."""
        return sum(1 for bound in self.fields if bound.value() not in (UNSAID, None))


class RoleForm(forms.Form):
    """A role's name and the whole matrix, from the policies of all rooms."""

    name = forms.CharField(label=pgettext_lazy("thing", "Name"), max_length=60)
    description = forms.CharField(
        label=gettext_lazy("Description"), max_length=200, required=False
    )
    is_everything = forms.BooleanField(
        label=gettext_lazy("May do everything"),
        required=False,
        help_text=gettext_lazy(
            "Whoever holds this role administers the system; the matrix below then"
            " does not matter."
        ),
    )

    def __init__(self, *args: Any, role: Role | None = None, **kwargs: Any) -> None:
        kwargs["initial"] = _initial(role or Role())
        super().__init__(*args, **kwargs)
        for policy in all_policies():
            for action, label in policy.actions.items():
                name = policy.permission(action)
                self.fields[f"depth:{name}"] = _depth_field(policy, str(label))
            for key, rule in policy.fields.items():
                name = f"{policy.kind}.{key}"
                floor = Level.READ if key in policy.always else Level.HIDDEN
                self.fields[f"level:{name}"] = _level_field(
                    str(rule.label), rule.level, floor
                )

    def kinds(self) -> list[KindRights]:
        """Return the matrix, kind by kind."""
        return [
            KindRights(
                kind=policy.kind,
                label=str(policy.label),
                actions=[self[f"depth:{policy.permission(a)}"] for a in policy.actions],
                fields=[self[f"level:{policy.kind}.{key}"] for key in policy.fields],
            )
            for policy in all_policies()
        ]

    def about(self) -> list[forms.BoundField]:
        """Return the controls above the matrix."""
        return [self["name"], self["description"], self["is_everything"]]

    def rights(self) -> RoleRights:
        """Return what was chosen."""
        return RoleRights(
            name=self.cleaned_data["name"],
            description=self.cleaned_data["description"],
            is_everything=self.cleaned_data["is_everything"],
            depths={
                key: Depth(int(value)) for key, value in self._chosen("depth:") if value
            },
            levels={
                key: Level(int(value)) for key, value in self._chosen("level:") if value
            },
        )

    def _chosen(self, prefix: str) -> Iterable[tuple[str, str]]:
        for name, value in self.cleaned_data.items():
            if name.startswith(prefix):
                yield name.removeprefix(prefix), value


def _initial(role: Role) -> dict[str, object]:
    """Return the present matrix; a right never named is none."""
    nothing = {
        f"depth:{policy.permission(action)}": "0"
        for policy in all_policies()
        for action in policy.actions
    }
    return {
        "name": role.label,
        "description": role.about,
        "is_everything": role.is_everything,
        **nothing,
        **{f"depth:{key}": str(value) for key, value in role.depths.items()},
        **{
            f"level:{key}": str(value)
            for key, value in role.levels.items()
            if value is not None
        },
    }


def _depth_field(policy: Policy, label: str) -> forms.ChoiceField:
    """Return a choice of the depths that mean something for the kind."""
    depths = [Depth.NONE, Depth.ALL]
    if policy.owner:
        depths = [Depth.NONE, Depth.OWN, Depth.ALL]
    if policy.owner and policy.team:
        depths = [d for d in Depth if d is not Depth.TERRITORY or policy.territories]
    choices = [(str(int(depth)), DEPTH_LABELS[depth]) for depth in depths]
    return forms.ChoiceField(label=label, choices=choices, widget=_select())


def _level_field(label: str, default: Level, floor: Level) -> forms.ChoiceField:
    """Return a choice of the levels from ``floor`` on."""
    unsaid = _("Default: %(level)s") % {"level": LEVEL_LABELS[default]}
    choices = [
        (str(int(level)), LEVEL_LABELS[level]) for level in Level if level >= floor
    ]
    return forms.ChoiceField(
        label=label,
        choices=[(UNSAID, unsaid), *choices],
        required=False,
        widget=_select(),
    )


def _select() -> forms.Select:
    # Dressed here and not by the template tag: there are more than a hundred of them.
    return forms.Select(attrs={"class": "form-select"})
