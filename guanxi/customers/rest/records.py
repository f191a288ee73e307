"""What programs are shown of customers, and what they may send."""

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Literal

from pydantic import Field

from guanxi.customers.rules import Form, PointKind, State
from guanxi.customers.rules.identifier import IdKind
from guanxi.foundation.rest.records import (
    From,
    Input,
    Record,
)

ExtraValue = str | bool | Decimal | None


class CustomerRow(Record):
    """A customer as a list shows it."""

    id: Annotated[int, From("pk")]
    version: Annotated[int, From("version")]
    form: Form
    name: str
    short_name: str
    state: State
    kind: Annotated[int | None, From("kind_id", "kind", is_key=True)]
    kind_key: Annotated[str | None, From("kind__key", "kind")]
    relation_kind: Annotated[
        int | None, From("relation_kind_id", "relation_kind", is_key=True)
    ]
    relation_kind_key: Annotated[
        str | None, From("relation_kind__key", "relation_kind")
    ]
    owner: Annotated[int | None, From("owner_id", "owner", is_key=True)]
    owner_name: Annotated[str | None, From("owner__name", "owner")]
    team: Annotated[int | None, From("team_id", "team", is_key=True)]
    team_name: Annotated[str | None, From("team__name", "team")]
    is_key: bool
    phone: str = Field(description="The primary one, E.164; masked for some roles.")
    email: str
    wechat: str
    province: str
    city: str
    industry: str
    tags: Annotated[list[str], From("tag_names", "tags")]
    source: str
    external_id: str
    created_at: datetime
    updated_at: datetime
    target_reason: str
    tier: Annotated[str, From("traits__tier", "tier")]
    life_stage: Annotated[str, From("traits__life_stage", "life_stage")]
    purchase_state: Annotated[str, From("traits__purchase_state", "purchase_state")]
    rfm_segment: Annotated[str, From("traits__rfm_segment", "rfm_segment")]
    credit_grade: Annotated[str, From("traits__credit_grade", "credit_grade")]
    credit_limit: Annotated[str | None, From("traits__credit_limit", "credit_limit")]
    order_count: Annotated[int, From("traits__order_count", "order_count")]
    order_total: Annotated[str, From("traits__order_total", "order_total")]
    last_order_on: Annotated[
        date | None, From("traits__last_order_on", "last_order_on")
    ]
    next_order_on: Annotated[
        date | None, From("traits__next_order_on", "next_order_on")
    ]
    quality: Annotated[int | None, From("traits__quality", "quality")]
    accuracy: Annotated[int | None, From("traits__accuracy", "accuracy")]
    validity: Annotated[int | None, From("traits__validity", "validity")]
    timeliness: Annotated[int | None, From("traits__timeliness", "timeliness")]
    completeness: Annotated[int | None, From("traits__completeness", "completeness")]
    extra: Annotated[dict[str, ExtraValue], From("extra", is_bundle=True)] = Field(
        description="The fields that your house added, by their keys."
    )


class PointRecord(Record):
    """One way to reach a customer; its value is masked for some roles."""

    id: int
    kind: PointKind
    value: str
    label: str
    is_primary: bool


class CustomerRecord(CustomerRow):
    """One customer with everything the caller may read."""

    website: str
    employees: int | None
    founded_year: int | None
    annual_revenue: str | None
    birth_on: str | None = Field(description="An ISO date, or its year only.")
    lunar_birthday: str = Field(description="MM-DD, with L behind for a leap month.")
    next_birthday_on: Annotated[
        date | None, From("traits__next_birthday_on", "next_birthday_on")
    ]
    id_kind: str = Field(description="The document that `id_number` is of.")
    id_number: str = Field(description="Reading it in clear goes on record.")
    bank_card: str = Field(description="Reading it in clear goes on record.")
    credit_code: str
    note: str
    r: Annotated[int, From("traits__r", "r")]
    f: Annotated[int, From("traits__f", "f")]
    m: Annotated[int, From("traits__m", "m")]
    order_mean: Annotated[str, From("traits__order_mean", "order_mean")]
    first_order_on: Annotated[
        date | None, From("traits__first_order_on", "first_order_on")
    ]
    rhythm_days: Annotated[float | None, From("traits__rhythm_days", "rhythm_days")]
    p_alive: Annotated[int | None, From("traits__p_alive", "p_alive")]
    expected_orders: Annotated[
        float | None, From("traits__expected_orders", "expected_orders")
    ]
    expected_amount: Annotated[
        str | None, From("traits__expected_amount", "expected_amount")
    ]
    life_pattern: Annotated[str, From("traits__life_pattern", "life_pattern")]
    grade: Annotated[str, From("traits__grade", "grade")] = Field(
        description="The key of the grade, such as `a`."
    )
    grade_score: Annotated[int | None, From("traits__grade_score", "grade_score")]
    churn_risk: Annotated[int | None, From("traits__churn_risk", "churn_risk")]
    lifetime_value: Annotated[
        str | None, From("traits__lifetime_value", "lifetime_value")
    ]
    future_value: Annotated[str | None, From("traits__future_value", "future_value")]
    as_of: Annotated[date | None, From("traits__as_of", "as_of")]


class MergedRecord(Record):
    """The customer of which this one has become part."""

    merged_into: int


class CustomerWhole(CustomerRecord):
    """One customer with its contact points and its postal address."""

    points: list[PointRecord]
    district: str
    street: str
    postcode: str


class CustomerPage(Record):
    """One page of customers; ``next`` is the cursor of the following one."""

    items: list[CustomerRow]
    next: str | None


class PointInput(Input):
    """One way to reach a customer, in any usual writing."""

    kind: PointKind
    value: str = Field(max_length=254)
    label: str = Field(default="", max_length=40)
    is_primary: bool = False


class AddressInput(Input):
    """A postal address."""

    province: str = Field(default="", max_length=30)
    city: str = Field(default="", max_length=30)
    district: str = Field(default="", max_length=30)
    street: str = Field(default="", max_length=200)
    postcode: str = Field(default="", max_length=12)


class CustomerFacts(Input):
    """The facts of a customer that may be written; what is left out stays."""

    form: Form = Form.PERSON
    short_name: str = Field(default="", max_length=80)
    kind_key: str | None = Field(
        default=None, description="Key of an entry of the list."
    )
    relation_kind_key: str | None = None
    is_key: bool = False
    industry: str = Field(default="", max_length=60)
    website: str = Field(default="", max_length=200)
    employees: int | None = Field(default=None, ge=0, le=2**31 - 1)
    founded_year: int | None = Field(default=None, ge=1000, le=2999)
    annual_revenue: Decimal | None = Field(
        default=None, max_digits=18, decimal_places=2
    )
    birth_on: date | None = None
    lunar_birthday: str = Field(
        default="",
        max_length=20,
        description="A lunar day that is celebrated, in any usual writing: 闰四月初十.",
    )
    id_kind: Literal[""] | IdKind = Field(
        default="",
        description="Without it, what looks like a resident ID number is taken for one.",
    )
    id_number: str = Field(default="", max_length=40)
    bank_card: str = Field(default="", max_length=40)
    credit_code: str = Field(default="", max_length=40)
    source: str = Field(default="", max_length=40)
    external_id: str = Field(default="", max_length=80)
    note: str = Field(default="", max_length=10_000)
    points: list[PointInput] = Field(default=[], max_length=50)
    address: AddressInput = AddressInput()
    tags: list[str] = Field(default=[], max_length=50)
    extra: dict[str, ExtraValue] = Field(
        default={},
        max_length=200,
        description="Fields that your house added; null empties one.",
    )


class NewCustomer(CustomerFacts):
    """A customer to enter; without an owner it is the caller's."""

    name: str = Field(min_length=1, max_length=200)
    state: State = State.POTENTIAL
    owner: int | None = None


class CustomerChange(CustomerFacts):
    """A change made looking at ``version``; lists are given complete."""

    version: int
    name: str = Field(default="", min_length=1, max_length=200)


class StateInput(Input):
    """The state to move to, along a lawful step."""

    state: State


class OwnerInput(Input):
    """The user who looks after the customer from now on."""

    owner: int
