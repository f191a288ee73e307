"""The list of customers."""

from collections.abc import Sequence

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from guanxi.customers.models import Customer
from guanxi.customers.queries.consent import is_contactable
from guanxi.customers.queries.customer import customers
from guanxi.customers.queries.limit import is_limited, is_stored_only
from guanxi.customers.queries.owner import is_without
from guanxi.customers.queries.search import customer_match
from guanxi.customers.queries.segment import in_segments
from guanxi.customers.rules import (
    KIND_SCHEME,
    PATTERN_TONES,
    RELATION_SCHEME,
    STAGE_TONES,
    STATE_TONES,
    TIER_TONES,
    Form,
    LifePattern,
    LifeStage,
    PurchaseState,
    Responsible,
    RfmSegment,
    State,
    Tier,
)
from guanxi.customers.rules.credit import GRADE_TONES, Grade
from guanxi.customers.rules.identifier import IdKind
from guanxi.customers.rules.limit import LimitKind
from guanxi.customers.rules.quality import Dimension
from guanxi.customers.tables.added import added_columns
from guanxi.customers.tables.bulk import (
    add_tags,
    add_to_segment,
    assign_rows,
    give_back,
    restore_rows,
    take_out_of_segment,
    take_tags_back,
    target_rows,
    trash_rows,
    untarget_rows,
)
from guanxi.customers.tables.parts import (
    codes_of,
    contact_choices,
    grade_choices,
    segment_choices,
    tag_choices,
    trait,
)
from guanxi.foundation.actor import Actor
from guanxi.foundation.phones import show_phone
from guanxi.foundation.tables.parts import fixed, word
from guanxi.foundation.tables.table import Bulk, Column, ColumnKind, Empty, Table
from guanxi.identity.queries import assignable_choices, team_choices


def _rows(viewer: Actor) -> "QuerySet[Customer]":
    """Return the kept customers with what the columns may show, and nothing else."""
    return customers(viewer).select_related("traits").only(*_LOADED)


_COLUMNS_LOADED = (
    "form",
    "name",
    "sort_name",
    "state",
    "is_key",
    "target_reason",
    "phone",
    "email",
    "province",
    "city",
    "industry",
    "source",
    "external_id",
    "credit_code",
    "id_kind",
    "id_number",
    "bank_card",
    "created_at",
)


_LOADED = (
    *_COLUMNS_LOADED,
    "owner__name",
    "team__name",
    *(
        f"{kind}__name_{language}"
        for kind in ("kind", "relation_kind")
        for language in ("zh", "en")
    ),
    "traits",
)


_COLUMNS: Sequence[Column] = (
    Column(
        key="name",
        label=pgettext_lazy("customer", "Name"),
        sort="sort_name",
        link="customers:customer",
    ),
    word(
        "state",
        pgettext_lazy("customer", "State"),
        State.choices,
        STATE_TONES,
        shown=True,
    ),
    word("tier", _("Tier"), Tier.choices, TIER_TONES, path="traits__tier", shown=True),
    word(
        "life_stage",
        _("Life-cycle stage"),
        LifeStage.choices,
        STAGE_TONES,
        path="traits__life_stage",
        shown=True,
    ),
    trait(
        "order_total", _("Total amount"), ColumnKind.MONEY, sortable=True, shown=True
    ),
    trait(
        "order_count", pgettext_lazy("count", "Orders"), ColumnKind.NUMBER, shown=True
    ),
    trait("last_order_on", _("Last order"), ColumnKind.DATE, sortable=True, shown=True),
    Column(
        key="owner",
        label=_("Owner"),
        kind=ColumnKind.USER,
        choices=assignable_choices,
    ),
    Column(
        key="responsible",
        label=_("Nobody is responsible"),
        kind=ColumnKind.QUESTION,
        path="pk",
        field="owner",
        choices=fixed(Responsible.choices),
        holds=lambda answers, _viewer, _today: is_without(answers),
        shown=False,
    ),
    Column(key="city", label=_("City")),
    Column(key="phone", label=_("Phone"), text=lambda row: show_phone(row.phone)),
    Column(key="tags", label=_("Tags"), kind=ColumnKind.TAGS, choices=tag_choices),
    Column(
        key="created_at",
        label=_("Created at"),
        kind=ColumnKind.INSTANT,
        sort="created_at",
        shown=False,
    ),
    Column(key="email", label=_("E-mail"), shown=False),
    Column(
        key="team",
        label=_("Team"),
        kind=ColumnKind.TEAM,
        choices=team_choices,
        shown=False,
    ),
    word("form", pgettext_lazy("party", "Form"), Form.choices, {}),
    Column(
        key="kind",
        label=pgettext_lazy("customer", "Kind"),
        kind=ColumnKind.CHOICE,
        choices=codes_of(KIND_SCHEME),
        shown=False,
    ),
    Column(
        key="relation_kind",
        label=_("Business relationship"),
        kind=ColumnKind.CHOICE,
        choices=codes_of(RELATION_SCHEME),
        shown=False,
    ),
    Column(
        key="consent",
        label=_("May be contacted"),
        kind=ColumnKind.QUESTION,
        path="pk",
        choices=contact_choices,
        holds=is_contactable,
        shown=False,
    ),
    Column(
        key="limits",
        label=_("Limits of processing"),
        kind=ColumnKind.QUESTION,
        path="pk",
        field="consent",
        choices=fixed(LimitKind.choices),
        holds=lambda answers, _viewer, _today: is_limited(answers),
        shown=False,
    ),
    Column(
        key="segment",
        label=_("Segments"),
        kind=ColumnKind.QUESTION,
        path="pk",
        choices=segment_choices,
        holds=in_segments,
        shown=False,
    ),
    Column(key="is_key", label=_("Key account"), kind=ColumnKind.BOOLEAN, shown=False),
    Column(key="target_reason", label=_("Why it is a target"), shown=False),
    word(
        "credit_grade",
        _("Credit grade"),
        Grade.choices,
        GRADE_TONES,
        path="traits__credit_grade",
    ),
    trait("credit_limit", _("Credit limit"), ColumnKind.MONEY),
    Column(key="industry", label=_("Industry"), shown=False),
    Column(key="province", label=_("Province"), shown=False),
    Column(key="source", label=pgettext_lazy("origin", "Source"), shown=False),
    Column(key="external_id", label=_("External ID"), shown=False),
    Column(key="credit_code", label=_("Credit code"), shown=False),
    Column(
        key="id_kind",
        label=_("Kind of document"),
        kind=ColumnKind.CHOICE,
        choices=fixed(IdKind.choices),
        shown=False,
    ),
    Column(key="id_number", label=_("ID number"), kind=ColumnKind.SEALED, shown=False),
    Column(key="bank_card", label=_("Bank card"), kind=ColumnKind.SEALED, shown=False),
    word(
        "purchase_state",
        _("Purchase state"),
        PurchaseState.choices,
        {},
        path="traits__purchase_state",
    ),
    word(
        "rfm_segment",
        _("RFM segment"),
        RfmSegment.choices,
        {},
        path="traits__rfm_segment",
    ),
    trait("r", _("Recency score"), ColumnKind.NUMBER),
    trait("f", _("Frequency score"), ColumnKind.NUMBER),
    trait("m", _("Monetary score"), ColumnKind.NUMBER),
    trait("order_mean", _("Average order amount"), ColumnKind.MONEY),
    trait("first_order_on", _("First order"), ColumnKind.DATE),
    trait("next_order_on", _("Next order expected"), ColumnKind.DATE),
    trait("rhythm_days", _("Own rhythm (days)"), ColumnKind.NUMBER),
    trait("p_alive", _("Chance to come again (%)"), ColumnKind.NUMBER),
    trait(
        "churn_risk",
        _("Risk to leave (%)"),
        ColumnKind.NUMBER,
        sortable=True,
        nullable=True,
    ),
    trait("expected_orders", _("Orders expected in 12 months"), ColumnKind.NUMBER),
    trait(
        "expected_amount",
        _("Amount expected in 12 months"),
        ColumnKind.MONEY,
        sortable=True,
        nullable=True,
    ),
    *(
        trait(key, label, ColumnKind.MONEY, sortable=True, nullable=True)
        for key, label in (
            ("lifetime_value", _("Lifetime value")),
            ("future_value", _("Value to come")),
        )
    ),
    word(
        "life_pattern",
        _("Life-cycle pattern"),
        LifePattern.choices,
        PATTERN_TONES,
        path="traits__life_pattern",
    ),
    Column(
        key="grade",
        label=pgettext_lazy("customer", "Grade"),
        path="traits__grade",
        kind=ColumnKind.CHOICE,
        choices=grade_choices,
        shown=False,
    ),
    trait(
        "grade_score",
        _("Grade score (steps of 5)"),
        ColumnKind.NUMBER,
        sortable=True,
        nullable=True,
    ),
    *(
        trait(key, label, kind, sortable=True, nullable=True)
        for key, label, kind in (
            ("satisfaction", pgettext_lazy("bond", "Satisfaction"), ColumnKind.NUMBER),
            ("lock_in", _("Lock-in (0–70)"), ColumnKind.NUMBER),
            ("switching_cost", _("Total switching cost"), ColumnKind.MONEY),
        )
    ),
    trait("next_birthday_on", _("Next birthday"), ColumnKind.DATE, sortable=True),
    *(
        Column(
            key=key,
            label=label,
            path=f"traits__{key}",
            kind=ColumnKind.NUMBER,
            sort=f"traits__{key}" if key == "quality" else "",
            nullable=True,
            shown=False,
        )
        for key, label in (("quality", _("Data quality")), *Dimension.choices)
    ),
)


CUSTOMERS = Table(
    key="customers",
    kind="customer",
    model=Customer,
    title=_("Customers"),
    url="customers:customers",
    columns=_COLUMNS,
    rows=_rows,
    search=customer_match,
    default_sort="-created_at",
    sure="traits",
    added=added_columns,
    withheld=is_stored_only,
    bulk=[
        Bulk(
            key="assign",
            label=_("Assign"),
            icon="user-check",
            needs="customer.assign",
            run=assign_rows,
            form_view="customers:assign_form",
            undo=give_back,
            undo_needs="customer.assign",
        ),
        Bulk(
            key="target",
            label=_("Make target customers"),
            icon="target",
            needs="customer.edit",
            run=target_rows,
            form_view="customers:target_form",
            undo=untarget_rows,
            undo_needs="customer.edit",
        ),
        Bulk(
            key="tag",
            label=_("Add tags"),
            icon="tag",
            needs="customer.edit",
            run=add_tags,
            form_view="customers:tag_form",
            undo=take_tags_back,
            undo_needs="customer.edit",
        ),
        Bulk(
            key="segment",
            label=_("Add to a segment"),
            icon="users-group",
            needs="segment.edit",
            run=add_to_segment,
            form_view="customers:segment_choice",
            undo=take_out_of_segment,
            undo_needs="segment.edit",
        ),
        Bulk(
            key="trash",
            label=_("Move to trash"),
            icon="trash",
            needs="customer.delete",
            run=trash_rows,
            undo=restore_rows,
            undo_needs="customer.restore",
        ),
    ],
    empty=Empty(
        title=_("No customers yet"),
        text=_("Enter the first one, or import a file of customers you already have."),
        action_label=_("New customer"),
        action_view="customers:new_customer",
    ),
    template="customers/customer_list.html",
)
