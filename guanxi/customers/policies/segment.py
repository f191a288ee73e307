"""Who may see and change segments, and what he may ask in one."""

from django.db.models import Model, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from guanxi.customers.models import Segment
from guanxi.customers.policies.customer import CUSTOMER
from guanxi.customers.rules.segment import Sharing
from guanxi.foundation.actor import Actor, Depth
from guanxi.foundation.policies import NOBODY, READ, Field, Policy, register
from guanxi.foundation.rooms import tallies_of


class SegmentPolicy(Policy):
    """
    Segments are seen by their owners and by those they are shared with.

    Nobody sees one that asks what he may not ask: its members would tell him.
    """

    def visible(self, actor: Actor, action: str = READ) -> Q:
        """Return the segments on which ``actor`` may do ``action``."""
        if actor.grants.depth(self.permission(action)) is Depth.NONE:
            return NOBODY
        usable = Q()
        if not actor.grants.everything:
            usable = Q(needs__contained_by=sorted(askable(actor)))
        rows = super().visible(actor, action)
        if action != READ or not rows:
            return rows & usable
        return (rows | self._shared_with(actor)) & usable

    def reaches(self, actor: Actor, action: str, subject: Model) -> bool:
        """Tell whether ``action`` is granted on ``subject``, as ``visible`` does."""
        rows = Segment.objects.filter(self.visible(actor, action))
        return rows.filter(pk=subject.pk).exists()

    def _shared_with(self, actor: Actor) -> Q:
        teams = actor.team_ids | ({actor.team_id} if actor.team_id else set())
        shared = Q(sharing=Sharing.ALL)
        return shared | Q(sharing=Sharing.TEAM, team_id__in=sorted(teams))


def askable(actor: Actor) -> frozenset[str]:
    """Return what ``actor`` may ask about customers: fields, and what rooms count."""
    fields = {CUSTOMER.permission(name) for name in CUSTOMER.readable(actor)}
    counts = {f"tally.{one.key}" for one in tallies_of(actor, CUSTOMER.kind)}
    return frozenset(fields | counts)


SEGMENT = register(
    SegmentPolicy(
        kind="segment",
        label=_("Segments"),
        owner="owner_id",
        team="team_id",
        actions={
            "read": _("Read"),
            "create": _("Create"),
            "edit": _("Edit"),
            "delete": _("Delete and restore"),
            "share": _("Share with others"),
        },
        fields={
            "name": Field(pgettext_lazy("segment", "Name")),
            "description": Field(pgettext_lazy("segment", "Description")),
            "membership": Field(_("Who belongs to it")),
            "definition": Field(pgettext_lazy("segment", "Definition")),
            "sharing": Field(_("Shared with")),
            "owner": Field(_("Owner")),
            "members": Field(pgettext_lazy("segment", "Customers")),
            "refreshed_at": Field(_("Refreshed at")),
            "budget": Field(pgettext_lazy("segment", "Budget")),
            "budget_from": Field(_("Budget from")),
            "budget_until": Field(_("Budget until")),
            "strategy": Field(_("Retention strategy")),
        },
        always=[
            *("name", "description", "membership", "definition", "sharing", "owner"),
            *("members", "refreshed_at"),
        ],
    ),
    Segment,
)
