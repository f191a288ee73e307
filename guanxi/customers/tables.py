"""The lists of customers."""

from collections.abc import Callable, Mapping, Sequence

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext, ngettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from guanxi.customers.commands.duplicate_pair import dismiss_pair, reopen_pair
from guanxi.customers.commands.owner import OwnerGone, assign_customers
from guanxi.customers.commands.tag import set_tags, tag_customers
from guanxi.customers.commands.trash import restore_customer, trash_customer
from guanxi.customers.forms.base import split_words
from guanxi.customers.models import Customer, DuplicatePair, Handover
from guanxi.customers.models.field import custom_fields
from guanxi.customers.policies import CUSTOMER
from guanxi.customers.queries.consent import BLOCKED, is_contactable, purposes
from guanxi.customers.queries.customer import (
    codes,
    customers,
    tags,
    trashed_customers,
)
from guanxi.customers.queries.duplicate_pair import duplicate_pairs, reasons_told
from guanxi.customers.queries.extra import output_of, value_of
from guanxi.customers.queries.handover import handovers
from guanxi.customers.queries.search import customer_match
from guanxi.customers.rules import (
    KIND_SCHEME,
    RELATION_SCHEME,
    STAGE_TONES,
    STATE_TONES,
    TIER_TONES,
    Form,
    LifeStage,
    PurchaseState,
    Segment,
    State,
    Tier,
)
from guanxi.customers.rules.consent import ContactChannel
from guanxi.customers.rules.credit import GRADE_TONES, Grade
from guanxi.customers.rules.duplicate import PairState, Reason
from guanxi.customers.rules.field import FieldKind, FieldSpec
from guanxi.customers.rules.handover import HANDOVER_TONES, HandoverState
from guanxi.customers.rules.identifier import IdKind
from guanxi.foundation.actor import Actor
from guanxi.foundation.arranged import arranged
from guanxi.foundation.clock import now
from guanxi.foundation.phones import show_phone
from guanxi.foundation.tables.table import (
    Bulk,
    BulkResult,
    Choices,
    Column,
    ColumnKind,
    Empty,
    Table,
)
from guanxi.foundation.viewer import key_of
from guanxi.foundation.words import Words
from guanxi.identity.queries import assignable_users, teams, user, users


def _rows(viewer: Actor) -> "QuerySet[Customer]":
    """Return the kept customers with what the columns may show, and nothing else."""
    return customers(viewer).select_related("traits").only(*_LOADED)


_COLUMNS_LOADED = (
    "form",
    "name",
    "sort_name",
    "state",
    "is_key",
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


def _tone(tones: Mapping[str, str]) -> Callable[[str], str]:
    return lambda value: tones.get(value, "gray")


def _fixed(choices: Choices) -> Callable[[Actor], Choices]:
    return lambda _viewer: choices


def _codes(scheme: str) -> Callable[[Actor], Choices]:
    return lambda _viewer: [(str(code.pk), str(code)) for code in codes(scheme)]


def _contacts(_viewer: Actor) -> Choices:
    """Return every purpose with every channel, and whom nobody is to contact."""
    pairs = [
        (f"{purpose.key}:{channel}", f"{purpose} · {channel.label}")
        for purpose in purposes()
        for channel in ContactChannel
    ]
    return [*pairs, (BLOCKED, _("has a channel that is closed"))]


def _users(viewer: Actor) -> Choices:
    return [(str(user.pk), user.name) for user in assignable_users(viewer)]


def _teams(viewer: Actor) -> Choices:
    return [(str(team.pk), team.name) for team in teams(viewer)]


def _tags(_viewer: Actor) -> Choices:
    return [(str(tag.pk), tag.name) for tag in tags()]


def _trait(
    key: str,
    label: Words,
    kind: ColumnKind,
    *,
    sortable: bool = False,
    shown: bool = False,
) -> Column:
    """Return a column of computed knowledge."""
    path = f"traits__{key}"
    return Column(
        key=key,
        label=label,
        path=path,
        kind=kind,
        sort=path if sortable else "",
        nullable=sortable and kind is ColumnKind.DATE,
        shown=shown,
    )


def _word(
    key: str,
    label: Words,
    choices: Choices,
    tones: Mapping[str, str],
    *,
    path: str = "",
    shown: bool = False,
) -> Column:
    """Return a column of one word out of a few."""
    return Column(
        key=key,
        label=label,
        path=path,
        kind=ColumnKind.CHOICE,
        choices=_fixed(choices),
        tone=_tone(tones),
        shown=shown,
    )


_COLUMNS: Sequence[Column] = (
    Column(
        key="name",
        label=pgettext_lazy("customer", "Name"),
        sort="sort_name",
        link="customers:customer",
    ),
    _word(
        "state",
        pgettext_lazy("customer", "State"),
        State.choices,
        STATE_TONES,
        shown=True,
    ),
    _word("tier", _("Tier"), Tier.choices, TIER_TONES, path="traits__tier", shown=True),
    _word(
        "life_stage",
        _("Life-cycle stage"),
        LifeStage.choices,
        STAGE_TONES,
        path="traits__life_stage",
        shown=True,
    ),
    _trait(
        "order_total", _("Total amount"), ColumnKind.MONEY, sortable=True, shown=True
    ),
    _trait(
        "order_count", pgettext_lazy("count", "Orders"), ColumnKind.NUMBER, shown=True
    ),
    _trait(
        "last_order_on", _("Last order"), ColumnKind.DATE, sortable=True, shown=True
    ),
    Column(
        key="owner",
        label=_("Owner"),
        kind=ColumnKind.USER,
        choices=_users,
    ),
    Column(key="city", label=_("City")),
    Column(key="phone", label=_("Phone"), text=lambda row: show_phone(row.phone)),
    Column(key="tags", label=_("Tags"), kind=ColumnKind.TAGS, choices=_tags),
    Column(
        key="created_at",
        label=_("Created at"),
        kind=ColumnKind.INSTANT,
        sort="created_at",
        shown=False,
    ),
    Column(key="email", label=_("E-mail"), shown=False),
    Column(
        key="team", label=_("Team"), kind=ColumnKind.TEAM, choices=_teams, shown=False
    ),
    _word("form", pgettext_lazy("party", "Form"), Form.choices, {}),
    Column(
        key="kind",
        label=pgettext_lazy("customer", "Kind"),
        kind=ColumnKind.CHOICE,
        choices=_codes(KIND_SCHEME),
        shown=False,
    ),
    Column(
        key="relation_kind",
        label=_("Business relationship"),
        kind=ColumnKind.CHOICE,
        choices=_codes(RELATION_SCHEME),
        shown=False,
    ),
    Column(
        key="consent",
        label=_("May be contacted"),
        kind=ColumnKind.QUESTION,
        path="pk",
        choices=_contacts,
        holds=is_contactable,
        shown=False,
    ),
    Column(key="is_key", label=_("Key account"), kind=ColumnKind.BOOLEAN, shown=False),
    _word(
        "credit_grade",
        _("Credit grade"),
        Grade.choices,
        GRADE_TONES,
        path="traits__credit_grade",
    ),
    _trait("credit_limit", _("Credit limit"), ColumnKind.MONEY),
    Column(key="industry", label=_("Industry"), shown=False),
    Column(key="province", label=_("Province"), shown=False),
    Column(key="source", label=pgettext_lazy("origin", "Source"), shown=False),
    Column(key="external_id", label=_("External ID"), shown=False),
    Column(key="credit_code", label=_("Credit code"), shown=False),
    Column(
        key="id_kind",
        label=_("Kind of document"),
        kind=ColumnKind.CHOICE,
        choices=_fixed(IdKind.choices),
        shown=False,
    ),
    Column(key="id_number", label=_("ID number"), kind=ColumnKind.SEALED, shown=False),
    Column(key="bank_card", label=_("Bank card"), kind=ColumnKind.SEALED, shown=False),
    _word(
        "purchase_state",
        _("Purchase state"),
        PurchaseState.choices,
        {},
        path="traits__purchase_state",
    ),
    _word(
        "rfm_segment",
        _("RFM segment"),
        Segment.choices,
        {},
        path="traits__rfm_segment",
    ),
    _trait("r", _("Recency score"), ColumnKind.NUMBER),
    _trait("f", _("Frequency score"), ColumnKind.NUMBER),
    _trait("m", _("Monetary score"), ColumnKind.NUMBER),
    _trait("order_mean", _("Average order amount"), ColumnKind.MONEY),
    _trait("first_order_on", _("First order"), ColumnKind.DATE),
    _trait("next_order_on", _("Next order expected"), ColumnKind.DATE),
    _trait("rhythm_days", _("Own rhythm (days)"), ColumnKind.NUMBER),
)


_KINDS = {
    FieldKind.NUMBER: ColumnKind.NUMBER,
    FieldKind.DATE: ColumnKind.DATE,
    FieldKind.BOOLEAN: ColumnKind.BOOLEAN,
    FieldKind.CHOICE: ColumnKind.CHOICE,
}


@arranged
def _added() -> Sequence[Column]:
    """Return the columns of the fields that the house added."""
    return [_added_column(spec) for spec in custom_fields()]


def _added_column(spec: FieldSpec) -> Column:
    is_sorted = spec.kind not in (FieldKind.PARAGRAPH, FieldKind.BOOLEAN)
    return Column(
        key=spec.key,
        label=spec.names.words,
        kind=_KINDS.get(spec.kind, ColumnKind.TEXT),
        sort=spec.key if is_sorted else "",
        nullable=True,
        choices=_fixed([(k, n.words) for k, n in (spec.choices or {}).items()]),
        shown=False,
        value=value_of(spec),
        output=output_of(spec),
    )


# One row that may not be changed leaves all others as they are, too.
@transaction.atomic
def _trash(by: Actor, rows: list[Customer], _values: Mapping[str, str]) -> BulkResult:
    at = now()
    for customer in rows:
        trash_customer(by, customer, at=at)
    return BulkResult(done=len(rows), before={row.pk: "" for row in rows})


@transaction.atomic
def _restore(by: Actor, before: Mapping[int, str]) -> BulkResult:
    rows = trashed_customers(by).filter(pk__in=before)
    for customer in rows:
        restore_customer(by, customer, at=now())
    return BulkResult(done=len(rows))


def _add_tags(by: Actor, rows: list[Customer], values: Mapping[str, str]) -> BulkResult:
    names = split_words(values.get("tags", ""))
    new = {row.pk: set(names) for row in rows}
    marks = Customer.tags.through.objects.filter(customer__in=new)
    for pk, name in marks.values_list("customer_id", "tag__name"):
        new[pk].discard(name)
    tag_customers(by, rows, names, at=now())
    before = {pk: sorted(added) for pk, added in new.items() if added}
    return BulkResult(done=len(rows), before=before)


@transaction.atomic
def _take_tags_back(by: Actor, added: Mapping[int, list[str]]) -> BulkResult:
    """Take away what was added; what others have done to the tags since then stays."""
    rows = customers(by).filter(pk__in=added).prefetch_related("tags")
    for customer in rows:
        present = [tag.name for tag in customer.tags.all()]
        kept = [name for name in present if name not in added[customer.pk]]
        set_tags(by, customer, kept, at=now())
    return BulkResult(done=len(rows))


def _assign(by: Actor, rows: list[Customer], values: Mapping[str, str]) -> BulkResult:
    owner = user(by, key_of(values.get("owner", "")) or 0)
    # Who had no owner cannot be given back to nobody.
    before = {
        row.pk: [row.owner_id, owner.pk]
        for row in rows
        if row.owner_id not in (None, owner.pk)
    }
    done = assign_customers(by, rows, owner, at=now())
    return BulkResult(done=done, before=before)


def _give_back(by: Actor, before: Mapping[int, tuple[int, int]]) -> BulkResult:
    """
    Give customers back to who had them; ``before`` tells it, and to whom they went.

    Those whom somebody has given to others since then stay where they are.
    """
    locked = Customer.objects.select_for_update().filter(pk__in=before).order_by("pk")
    owners = dict(locked.values_list("pk", "owner_id"))
    back = {pk: was for pk, (was, given) in before.items() if owners.get(pk) == given}
    done, refused = 0, _moved_on(len(before) - len(back))
    for owner_id in sorted(set(back.values())):
        theirs = [pk for pk, was in back.items() if was == owner_id]
        rows = list(customers(by).filter(pk__in=theirs))
        try:
            done += assign_customers(by, rows, user(by, owner_id), at=now())
        except OwnerGone as refusal:
            refused.append(refusal.message)
    return BulkResult(done=done, refused=refused)


def _moved_on(count: int) -> list[str]:
    """Return the sentence about so many customers that have changed hands again."""
    if not count:
        return []
    text = ngettext(
        "%(n)d customer has changed hands again meanwhile and stays there.",
        "%(n)d customers have changed hands again meanwhile and stay there.",
        count,
    )
    return [text % {"n": count}]


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
    added=_added,
    bulk=[
        Bulk(
            key="assign",
            label=_("Assign"),
            icon="user-check",
            needs="customer.assign",
            run=_assign,
            form_view="customers:assign_form",
            undo=_give_back,
            undo_needs="customer.assign",
        ),
        Bulk(
            key="tag",
            label=_("Add tags"),
            icon="tag",
            needs="customer.edit",
            run=_add_tags,
            form_view="customers:tag_form",
            undo=_take_tags_back,
            undo_needs="customer.edit",
        ),
        Bulk(
            key="trash",
            label=_("Move to trash"),
            icon="trash",
            needs="customer.delete",
            run=_trash,
            undo=_restore,
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


def _named(end: str) -> Callable[[DuplicatePair, Actor], str]:
    """Return how the viewer may see the name of one end of a pair."""
    return lambda pair, viewer: CUSTOMER.shown(viewer, "name", getattr(pair, end).name)


def _reasons(pair: DuplicatePair, viewer: Actor) -> str:
    labels = [str(Reason(reason).label) for reason in reasons_told(viewer, pair)]
    return gettext(", ").join(labels)


def _dismiss(
    by: Actor, rows: list[DuplicatePair], _values: Mapping[str, str]
) -> BulkResult:
    done = [dismiss_pair(by, row.one, row.other, at=now()) for row in rows]
    return BulkResult(
        done=sum(pair is not None for pair in done),
        before={pair.pk: None for pair in done if pair},
    )


def _reopen(by: Actor, before: Mapping[int, object]) -> BulkResult:
    rows = duplicate_pairs(by).filter(pk__in=before)
    done = [reopen_pair(by, row.one, row.other, at=now()) for row in rows]
    return BulkResult(done=sum(pair is not None for pair in done))


DUPLICATES = Table(
    key="duplicates",
    kind="duplicate_pair",
    model=DuplicatePair,
    title=_("Possible duplicates"),
    url="customers:duplicate_pairs",
    rows=duplicate_pairs,
    default_sort="-score",
    columns=[
        Column(
            "one",
            _("Customer"),
            text_to=_named("one"),
            link="customers:duplicate_pair",
            filterable=False,
        ),
        Column(
            "other",
            pgettext_lazy("pair", "Same as"),
            text_to=_named("other"),
            link="customers:duplicate_pair",
            filterable=False,
        ),
        Column(
            "score",
            pgettext_lazy("pair", "Probability (%)"),
            kind=ColumnKind.NUMBER,
            sort="score",
        ),
        Column("reasons", _("What agrees"), text_to=_reasons, filterable=False),
        Column(
            "state",
            pgettext_lazy("pair", "State"),
            kind=ColumnKind.CHOICE,
            choices=_fixed(PairState.choices),
            tone=_tone({PairState.OPEN: "amber"}),
        ),
        Column("found_at", _("Found at"), kind=ColumnKind.INSTANT),
    ],
    bulk=[
        Bulk(
            key="dismiss",
            label=pgettext_lazy("pair", "Not the same"),
            icon="x",
            needs="customer.merge",
            run=_dismiss,
            undo=_reopen,
            undo_needs="customer.merge",
        )
    ],
    empty=Empty(
        title=_("No possible duplicates"),
        text=_(
            "Every night all customers are compared with each other. Pairs that are"
            " likely the same stand here, to be merged or put aside."
        ),
    ),
    template="customers/duplicate_pairs.html",
)


def _people(viewer: Actor) -> Choices:
    return [(str(user.pk), user.name) for user in users(viewer)]


HANDOVERS = Table(
    key="handovers",
    kind="handover",
    model=Handover,
    title=_("Handovers"),
    url="customers:handovers",
    rows=handovers,
    columns=[
        Column(
            "old_owner",
            _("Previous owner"),
            kind=ColumnKind.USER,
            choices=_people,
            link="customers:handover",
        ),
        _word(
            "state",
            pgettext_lazy("handover", "State"),
            HandoverState.choices,
            HANDOVER_TONES,
            shown=True,
        ),
        Column("total", pgettext_lazy("count", "Customers"), kind=ColumnKind.NUMBER),
        Column(
            "given", pgettext_lazy("handover", "Handed over"), kind=ColumnKind.NUMBER
        ),
        Column(
            "returned", pgettext_lazy("handover", "Given back"), kind=ColumnKind.NUMBER
        ),
        Column(
            "started_by",
            pgettext_lazy("handover", "Started by"),
            kind=ColumnKind.USER,
            choices=_people,
        ),
        Column("created_at", _("Started at"), kind=ColumnKind.INSTANT),
    ],
    empty=Empty(
        _("Nothing was handed over yet"),
        _(
            "When a colleague leaves or changes the area, give all customers to others "
            "in one step. You see what goes to whom before it does."
        ),
        action_label=_("Hand over customers"),
        action_view="customers:new_handover",
    ),
    template="customers/handover_list.html",
)
