"""Who may read and change customers, and which of their fields how openly."""

from collections.abc import Mapping

from django.db.models import Model, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from guanxi.customers.models import (
    Code,
    CreditSetting,
    Customer,
    CustomerShare,
    CustomerWall,
    CustomField,
    DataSet,
    DuplicatePair,
    FieldGroup,
    Handling,
    Handover,
    Investment,
    Peer,
    QualitySetting,
    RetentionRule,
    RetentionRun,
    Segment,
    Territory,
)
from guanxi.customers.models.field import custom_fields
from guanxi.customers.models.territory import in_territory, places_of
from guanxi.customers.rules.quality import Dimension
from guanxi.customers.rules.segment import Sharing
from guanxi.foundation.actor import Actor, Depth, Level
from guanxi.foundation.arranged import arranged
from guanxi.foundation.emails import mask_email
from guanxi.foundation.identifiers import mask_bank_card, mask_identifier
from guanxi.foundation.invalid import Invalid
from guanxi.foundation.names import mask_name
from guanxi.foundation.phones import mask_phone, parse_phone
from guanxi.foundation.policies import (
    NOBODY,
    READ,
    About,
    Field,
    GrowingFields,
    Policy,
    Privacy,
    Territories,
    Ties,
    register,
)
from guanxi.foundation.rooms import tallies_of


def mask_any_phone(value: str) -> str:
    """Return a number, stored or as people read it, with its private digits covered."""
    if value.startswith("+"):
        return mask_phone(value)
    try:
        return mask_phone(parse_phone(value).e164)
    except Invalid:
        return "***"


def mask_wechat(value: str) -> str:
    """Return the id with only its first letter legible."""
    return f"{value[:1]}***"


def mask_birth(value: str) -> str:
    """Return an ISO date with only its year legible."""
    return f"{value[:4]}-**-**"


def mask_address(_value: str) -> str:
    """Return a covered street."""
    return "***"


def mask_custom(_value: str) -> str:
    """Return a covered value of a field that the house added."""
    return "***"


# What anybody may be shown covered, and may be shown in clear for a reason.
REVEALABLE = (
    *("phone", "email", "wechat"),
    *("id_number", "bank_card", "birth_on", "address"),
)

_PERSONAL = {
    # Colleagues talk about customers by name: no role hides it unless it says so.
    "name": Field(pgettext_lazy("customer", "Name"), mask=mask_name),
    "phone": Field(_("Phone"), privacy=Privacy.PERSONAL, mask=mask_any_phone),
    "email": Field(_("E-mail"), privacy=Privacy.PERSONAL, mask=mask_email),
    "wechat": Field(_("WeChat"), privacy=Privacy.PERSONAL, mask=mask_wechat),
    "address": Field(_("Street address"), privacy=Privacy.PERSONAL, mask=mask_address),
    "birth_on": Field(_("Birthday"), privacy=Privacy.PERSONAL, mask=mask_birth),
    # Covered it would tell nothing: it is shown with the birthday or not at all.
    "lunar_birthday": Field(
        _("Lunar birthday"), privacy=Privacy.PERSONAL, follows=["customer.birth_on"]
    ),
    "next_birthday_on": Field(
        _("Next birthday"),
        privacy=Privacy.PERSONAL,
        level=Level.READ,
        follows=["customer.birth_on"],
    ),
    "id_number": Field(_("ID number"), privacy=Privacy.SENSITIVE, mask=mask_identifier),
    # What the number is of says something about the number.
    "id_kind": Field(_("Kind of document"), follows=["customer.id_number"]),
    # Roles that were decided on before it came treat it like the other number.
    "bank_card": Field(
        _("Bank card"),
        privacy=Privacy.SENSITIVE,
        mask=mask_bank_card,
        follows=["customer.id_number"],
    ),
    "note": Field(_("Remarks and notes"), privacy=Privacy.PERSONAL),
    "target_reason": Field(_("Why it is a target"), privacy=Privacy.PERSONAL),
    "files": Field(_("Files"), privacy=Privacy.PERSONAL),
    # Scans of what roles may not even read as a number are not for them either.
    "sensitive_files": Field(
        _("Sensitive files"),
        privacy=Privacy.SENSITIVE,
        follows=["customer.id_number"],
    ),
    "plans": Field(_("Plans and agreements"), privacy=Privacy.PERSONAL),
    "findings": Field(_("Studies and observations"), privacy=Privacy.PERSONAL),
    "consent_proof": Field(_("Proofs of consent"), privacy=Privacy.PERSONAL),
}
_FACTS = {
    "form": Field(pgettext_lazy("party", "Form")),
    "short_name": Field(_("Short name")),
    "credit_code": Field(_("Credit code")),
    "kind": Field(pgettext_lazy("customer", "Kind")),
    "relation_kind": Field(_("Business relationship")),
    "state": Field(pgettext_lazy("customer", "State")),
    "owner": Field(_("Owner")),
    "team": Field(_("Team")),
    "is_key": Field(_("Key account")),
    "province": Field(_("Province")),
    "city": Field(_("City")),
    "industry": Field(_("Industry")),
    "website": Field(_("Website")),
    "employees": Field(_("Employees")),
    "founded_year": Field(_("Founded in")),
    "annual_revenue": Field(_("Annual revenue")),
    "source": Field(pgettext_lazy("origin", "Source")),
    "external_id": Field(_("External ID")),
    "tags": Field(_("Tags")),
    "consent": Field(_("Consent and contact preferences")),
    "segment": Field(_("Segments"), level=Level.READ),
    # How far somebody is trusted with money is said to few.
    "credit_grade": Field(_("Credit grade"), Privacy.SENSITIVE, Level.READ),
    "credit_limit": Field(_("Credit limit"), Privacy.SENSITIVE),
    "credit_scores": Field(_("Credit assessments"), Privacy.SENSITIVE),
    "credit_reports": Field(_("Credit reports"), Privacy.SENSITIVE),
    "created_at": Field(_("Created at"), level=Level.READ),
    "updated_at": Field(_("Changed at"), level=Level.READ),
}
# What analysis writes and people only read.
_TRAITS = {
    name: Field(label, level=Level.READ)
    for name, label in {
        "as_of": _("As of"),
        "first_order_on": _("First order"),
        "last_order_on": _("Last order"),
        "next_order_on": _("Next order expected"),
        "order_count": pgettext_lazy("count", "Orders"),
        "order_total": _("Total amount"),
        "order_mean": _("Average order amount"),
        "rhythm_days": _("Own rhythm (days)"),
        "silence_limit_days": _("Longest usual silence in days"),
        "amount_trend": _("Amount trend"),
        "r": _("Recency score"),
        "f": _("Frequency score"),
        "m": _("Monetary score"),
        "rfm_segment": _("RFM segment"),
        "tier": _("Tier"),
        "purchase_state": _("Purchase state"),
        "life_stage": _("Life-cycle stage"),
        "quality": _("Data quality"),
        **{dimension.value: dimension.label for dimension in Dimension},
    }.items()
}


def _custom() -> Mapping[str, Field]:
    """
    Return the read policy of the fields the house added.

    What tells about a person is covered from all roles that do not say otherwise.
    """
    return {
        spec.key: Field(
            spec.names.words,
            privacy=spec.privacy,
            level=Level.WRITE if spec.privacy is Privacy.NONE else Level.MASKED,
            mask=None if spec.privacy is Privacy.NONE else mask_custom,
        )
        for spec in custom_fields()
    }


_FIELDS = GrowingFields({**_PERSONAL, **_FACTS, **_TRAITS}, arranged(_custom))
CUSTOMER = register(
    Policy(
        kind="customer",
        label=_("Customer"),
        owner="owner_id",
        team="team_id",
        actions={
            "read": _("Read"),
            "create": _("Create"),
            "edit": _("Edit"),
            "delete": _("Move to trash"),
            "restore": _("Restore"),
            "assign": _("Assign"),
            "merge": pgettext_lazy("customer", "Merge"),
            "export": _("Export"),
            "import": _("Import"),
            "reveal": _("Reveal masked values"),
            "consent": _("Record consent and contact preferences"),
            "privacy": _("Set and lift limits of processing"),
            "erase": _("Erase for good"),
            "disclose": _("Give persons a copy of all data about them"),
            "score": _("Write computed traits"),
            "credit": _("See credit"),
            "assess": _("Assess credit and keep reports"),
            "grant": _("Set credit limits"),
            "share": pgettext_lazy("customer", "Share with colleagues"),
            "view_access": _("See who has access, and why"),
        },
        fields=_FIELDS,
        always=["form", "created_at", "updated_at"],
        ties=Ties(
            shares=CustomerShare,
            walls=CustomerWall,
            by_reading=["read", "export", "reveal", "credit"],
            by_editing=["edit", "consent", "assess"],
            territories=Territories(reached=in_territory, places=places_of),
        ),
    ),
    Customer,
)
TERRITORY = register(
    Policy(
        kind="territory",
        label=_("Territories"),
        actions={"read": _("See"), "edit": _("Edit, and place customers by hand")},
        fields={
            "name": Field(pgettext_lazy("territory", "Name")),
            "rule": Field(pgettext_lazy("territory", "Rule")),
            "members": Field(pgettext_lazy("territory", "Belongs to")),
        },
    ),
    Territory,
)
WALL = register(
    Policy(
        kind="wall",
        label=_("Walls"),
        actions={
            "read": _("See"),
            "edit": _("Set and take down; never stand behind one"),
        },
        fields={"reason": Field(_("Reason"))},
    ),
    CustomerWall,
)
DUPLICATE_PAIR = register(
    Policy(
        kind="duplicate_pair",
        label=_("Possible duplicates"),
        owner="one__owner_id",
        team="one__team_id",
        actions={"read": _("See"), "export": _("Export")},
        fields={
            "one": Field(_("Customer")),
            "other": Field(pgettext_lazy("pair", "Same as")),
            "score": Field(pgettext_lazy("pair", "Probability (%)")),
            "reasons": Field(_("What agrees")),
            "state": Field(pgettext_lazy("pair", "State")),
            "found_at": Field(_("Found at")),
        },
        always=["one", "other", "score", "reasons", "state", "found_at"],
    ),
    DuplicatePair,
)
CODE = register(
    Policy(
        kind="code",
        label=_("Code lists"),
        actions={"read": _("Read"), "edit": _("Edit")},
        fields={
            "name_zh": Field(_("Chinese name")),
            "name_en": Field(_("English name")),
            "reverse_zh": Field(_("Chinese name from the other side")),
            "reverse_en": Field(_("English name from the other side")),
            "is_active": Field(_("Offered")),
        },
        always=["name_zh", "name_en", "reverse_zh", "reverse_en", "is_active"],
    ),
    Code,
)


def is_revealable(name: str) -> bool:
    """Tell whether somebody may be shown the field ``name`` in clear for a reason."""
    if name in REVEALABLE:
        return True
    added = _FIELDS.added().get(name)
    return added is not None and added.privacy is not Privacy.NONE


FIELD = register(
    Policy(
        kind="custom_field",
        label=_("Customer fields"),
        actions={"read": _("Read"), "edit": _("Edit")},
        fields={
            "name_zh": Field(_("Chinese name")),
            "name_en": Field(_("English name")),
            "kind": Field(pgettext_lazy("field", "Kind")),
            "privacy": Field(_("Data protection")),
            "choices": Field(_("Choices")),
            "is_required": Field(_("Required")),
            "is_active": Field(_("In use")),
            "description_zh": Field(_("What it means, in Chinese")),
            "description_en": Field(_("What it means, in English")),
            "tip_zh": Field(_("Tip in Chinese")),
            "tip_en": Field(_("Tip in English")),
            "statement_zh": Field(_("Words for the customer in Chinese")),
            "statement_en": Field(_("Words for the customer in English")),
            "policy": Field(_("Contact policy")),
            "days": Field(pgettext_lazy("contact", "Days")),
            "channel": Field(_("Best channel")),
            "is_offered": Field(_("Offered")),
        },
    ),
    CustomField,
    FieldGroup,
    Handling,
    DataSet,
)
HANDOVER = register(
    Policy(
        kind="handover",
        label=_("Handovers"),
        owner="started_by_id",
        team="team_id",
        actions={
            "read": _("Read"),
            "create": _("Hand over customers"),
            "undo": _("Undo a handover"),
        },
        fields={
            "old_owner": Field(_("Previous owner")),
            "started_by": Field(pgettext_lazy("handover", "Started by")),
            "spread": Field(pgettext_lazy("handover", "Spread")),
            "state": Field(pgettext_lazy("handover", "State")),
            "total": Field(pgettext_lazy("count", "Customers")),
            "given": Field(pgettext_lazy("handover", "Handed over")),
            "returned": Field(pgettext_lazy("handover", "Given back")),
            "kept": Field(pgettext_lazy("handover", "Stayed")),
            "created_at": Field(_("Started at")),
            "finished_at": Field(_("Finished at")),
        },
        always=[
            *("old_owner", "started_by", "spread", "state", "total", "given"),
            *("returned", "kept", "created_at", "finished_at"),
        ],
    ),
    Handover,
)
INVESTMENT = register(
    Policy(
        kind="investment",
        label=_("Investment record"),
        owner="customer__owner_id",
        team="customer__team_id",
        actions={
            "read": _("See"),
            "create": _("Log contacts and costs"),
            "edit": _("Change"),
            "delete": _("Delete and restore"),
            "export": _("Export"),
        },
        fields={
            "customer": Field(_("Customer"), mask=mask_name, follows=["customer.name"]),
            "aim": Field(pgettext_lazy("cost", "For")),
            "mode": Field(pgettext_lazy("contact", "Mode")),
            "happened_at": Field(pgettext_lazy("contact", "When")),
            "place": Field(pgettext_lazy("contact", "Place"), Privacy.PERSONAL),
            "amount": Field(pgettext_lazy("cost", "Expense")),
            "note": Field(pgettext_lazy("contact", "About"), Privacy.PERSONAL),
            "made_by": Field(_("Recorded by"), level=Level.READ),
        },
        always=["aim", "mode", "happened_at", "made_by"],
        about=About("customer", "customer_id"),
    ),
    Investment,
)
PEER = register(
    Policy(
        kind="peer",
        label=_("Peers"),
        owner="owner_id",
        team="team_id",
        actions={
            "read": _("See"),
            "create": _("Register"),
            "edit": _("Change, and log tips"),
            "delete": _("Remove for good"),
            "export": _("Export"),
        },
        fields={
            "name": Field(pgettext_lazy("peer", "Name"), Privacy.PERSONAL),
            "company": Field(pgettext_lazy("peer", "Company")),
            "product": Field(_("Complementary product")),
            "is_upstream": Field(pgettext_lazy("peer", "Upstream")),
            "phone": Field(pgettext_lazy("peer", "Phone"), Privacy.PERSONAL),
            "note": Field(pgettext_lazy("peer", "Note"), Privacy.PERSONAL),
            "owner": Field(_("Owner")),
        },
        always=["company", "product", "is_upstream", "owner"],
    ),
    Peer,
)
CREDIT_RULE = register(
    Policy(
        kind="credit_rule",
        label=_("Credit rules"),
        actions={"edit": _("Edit")},
        fields={"values": Field(_("Credit rules"))},
    ),
    CreditSetting,
)


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
QUALITY_RULE = register(
    Policy(
        kind="quality_rule",
        label=_("Rules of data quality"),
        actions={"edit": _("Edit")},
        fields={"values": Field(_("Rules of data quality"))},
    ),
    QualitySetting,
)
RETENTION = register(
    Policy(
        kind="retention",
        label=_("Retention"),
        actions={"read": _("Read"), "edit": _("Edit")},
        fields={
            "months": Field(_("Keep for (months)")),
            "is_on": Field(_("Carry out every night")),
        },
        always=["months", "is_on"],
    ),
    RetentionRule,
    RetentionRun,
)
