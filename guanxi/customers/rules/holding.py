"""What this room holds about a customer, table by table, and what erasing does with it."""

from collections.abc import Mapping
from decimal import Decimal

from django.db.models import CharField, F, Value
from django.db.models.functions import Cast, Concat, Now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from guanxi.customers.rules import Form, State
from guanxi.foundation.erasing.declared import (
    Covered,
    Gone,
    Holding,
    Impersonal,
    Kept,
    Loose,
    Settled,
)
from guanxi.foundation.erasing.events import cover_events
from guanxi.foundation.words import Words

CUSTOMER_LABEL = "customers.Customer"
_PSEUDONYM = Concat(Value("#"), Cast("pk", CharField()))
_OURS = "Tells how we work, and of nobody."
_COLLEAGUE = {"actor_name": "A colleague, who has a number there."}
_COMPUTED = "Computed from the other columns, to find the record by."


def belonging(model: str, label: Words, *paths: str, **untold: str) -> Holding:
    """Return the declaration of rows that belong to a customer and go with it."""
    return Holding(
        f"customers.{model}",
        CUSTOMER_LABEL,
        label,
        paths or ("customer_id",),
        Gone(),
        untold=untold,
    )


_RECORD: Mapping[str, object] = {
    "form": Form.PERSON,
    "name": _PSEUDONYM,
    "sort_name": _PSEUDONYM,
    **dict.fromkeys(
        (
            *("match_name", "short_name", "phone", "email", "wechat", "province"),
            *("city", "industry", "website", "id_kind", "id_number", "bank_card"),
            *("id_number_index", "bank_card_index", "credit_code", "source"),
            *("external_id", "note", "search", "search_contact", "lunar_birthday"),
            "target_reason",
        ),
        "",
    ),
    **dict.fromkeys(
        (
            *("kind_id", "relation_kind_id", "owner_id", "team_id", "employees"),
            *("founded_year", "annual_revenue", "birth_on", "created_by_id"),
            "import_run_id",
        ),
        None,
    ),
    "state": State.NON_CUSTOMER,
    "is_key": False,
    "extra": {},
    "version": F("version") + 1,
    "updated_at": Now(),
    "deleted_at": Now(),
    "erased_at": Now(),
}
_TRAITS: Mapping[str, object] = {
    **dict.fromkeys(
        (
            *("as_of", "run_id", "first_order_on", "last_order_on", "next_order_on"),
            *("rhythm_days", "silence_limit_days", "amount_trend", "credit_limit"),
            *("p_alive", "expected_orders", "expected_amount", "grade_score"),
            *("churn_risk", "satisfaction", "lock_in", "switching_cost"),
            *("lifetime_value", "future_value"),
            *("next_birthday_on", "quality", "accuracy", "validity", "timeliness"),
            "completeness",
        ),
        None,
    ),
    **dict.fromkeys(("order_count", "r", "f", "m"), 0),
    **dict.fromkeys(("order_total", "order_mean"), Decimal(0)),
    **dict.fromkeys(
        (
            *("rfm_segment", "tier", "purchase_state", "life_stage", "credit_grade"),
            *("grade", "life_pattern"),
        ),
        "",
    ),
    "is_stage_set": False,
}

HOLDINGS = (
    Holding(
        CUSTOMER_LABEL,
        CUSTOMER_LABEL,
        _("Customer"),
        ["pk"],
        Covered(
            _RECORD,
            {
                "id": "The number under which orders of the books stand.",
                "created_at": "Tells the record from another one of the same number.",
            },
        ),
        untold=dict.fromkeys(
            (
                *("sort_name", "match_name", "search", "search_contact"),
                *("id_number_index", "bank_card_index"),
            ),
            _COMPUTED,
        )
        | {"version": _OURS, "import_run_id": _OURS, "erased_at": _OURS},
    ),
    Holding(
        "customers.Traits",
        CUSTOMER_LABEL,
        _("Scores and what was bought"),
        ["customer_id"],
        Covered(_TRAITS, {"customer_id": "The number of the record."}),
    ),
    belonging("ContactPoint", _("Ways to be reached")),
    belonging("Address", _("Addresses")),
    belonging("Note", _("Notes")),
    belonging("NoteVersion", _("What notes said before"), "note__customer_id"),
    belonging(
        "QualityWeek",
        _("Quality of the data, week by week"),
        owner_id=_OURS,
        team_id=_OURS,
        customers=_COMPUTED,
    ),
    belonging("Plan", _("Plans and agreements")),
    belonging("PlanLine", _("Lines of plans"), "plan__customer_id"),
    belonging(
        "Investment", _("Contacts and costs"), version=_OURS, import_run_id=_OURS
    ),
    belonging("Finding", _("Studies and observations")),
    belonging("BondAssessment", _("Bond assessments"), import_run_id=_OURS),
    belonging("SwitchingCost", _("Switching costs")),
    belonging("DeliveredValue", _("Delivered value of offers")),
    belonging("Tip", _("Tips of peers")),
    belonging("FieldReview", _("What was confirmed, and when")),
    belonging("NumberCheck", _("Faults of numbers"), version=_OURS),
    belonging("TerritoryCustomer", _("Territories")),
    belonging("CustomerShare", _("Whom the record is shared with"), "record_id"),
    belonging("CustomerWall", _("From whom the record is shut"), "record_id"),
    belonging("Relation", _("Relations"), "source_id", "target_id"),
    belonging("ContactBlock", _("Closed channels")),
    belonging("ContactPreference", _("Contact preferences")),
    belonging("ProcessingLimit", _("Limits of processing")),
    belonging("CreditReport", _("Credit reports")),
    belonging("CreditAssessment", _("Credit assessments")),
    belonging("CreditLimit", _("Credit limits")),
    belonging(
        "DuplicatePair",
        _("Possible duplicates"),
        "one_id",
        "other_id",
        one_mark=_COMPUTED,
        other_mark=_COMPUTED,
    ),
    belonging("HandedCustomer", _("Handovers")),
    belonging("SegmentMember", _("Segments")),
    belonging(
        "SubjectExport",
        _("Copies given to the person"),
        path="Where the file lies with us.",
    ),
    belonging(
        "Merge",
        _("Merges"),
        "survivor_id",
        "gone_id",
        journal="The rows that were merged, which stand in this file themselves.",
        survivor_version=_OURS,
    ),
    Holding(
        "customers.ConsentEntry",
        CUSTOMER_LABEL,
        _("Consent ledger"),
        ["customer_id"],
        Covered(
            {"proof": "", "proof_reference": ""},
            dict.fromkeys(
                (
                    *("id", "customer_id", "purpose_id", "channel", "is_given"),
                    *("text_id", "recorded_by_id", "recorded_at", "effective_at"),
                    "expires_on",
                ),
                "That we asked before we wrote has to be shown (GDPR 5 (2), 7 (1)); it "
                "stands under a number, without a word of the person.",
            ),
        ),
    ),
    Holding(
        "customers.Erasure",
        CUSTOMER_LABEL,
        _("Erasures"),
        ["customer_id"],
        Kept("Shows that and why we erased; names nobody."),
    ),
    Holding(
        "foundation.LoggedEvent",
        CUSTOMER_LABEL,
        pgettext_lazy("person", "What happened"),
        ["party_id"],
        Settled(cover_events, "Name, time, numbers and who did it stay."),
        untold=_COLLEAGUE,
    ),
    Holding(
        "foundation.LoggedEvent",
        CUSTOMER_LABEL,
        pgettext_lazy("person", "What happened to the record"),
        ["subject_id"],
        Settled(cover_events, "Name, time, numbers and who did it stay."),
        when={"kind": "customer"},
        untold=_COLLEAGUE,
    ),
    Holding(
        "foundation.Access",
        CUSTOMER_LABEL,
        _("Who saw the record"),
        ["subject_id"],
        Kept(
            "Who saw what has to be shown; it holds numbers and names of fields only."
        ),
        when={"kind": "customer"},
        untold={**_COLLEAGUE, "subject_ids": "Numbers of other people."},
    ),
    Holding(
        "foundation.ImportedRow",
        CUSTOMER_LABEL,
        _("What files brought"),
        ["record_id"],
        Gone(),
        when={"kind": "customer"},
    ),
    Holding(
        "foundation.ImportedRow",
        CUSTOMER_LABEL,
        _("Companies above, from files"),
        ["record_id"],
        Gone(),
        when={"kind": "parent"},
    ),
)
LOOSE = (
    Loose("foundation.RefusedRow", ["params"]),
    Loose("foundation.Notice", ["payload"]),
    Loose("foundation.SavedView", ["query"]),
    Loose("customers.Segment", ["definition"]),
    # Somebody who was a peer and is erased as a customer is known by the phone.
    Loose("customers.Peer", ["phone", "note"]),
    Loose("customers.Merge", ["journal"]),
)
IMPERSONAL = (
    Impersonal(
        [
            "customers.Code",
            "customers.ConsentText",
            "customers.CreditSetting",
            "customers.CustomField",
            "customers.DataSet",
            "customers.FieldGroup",
            "customers.Handling",
            "customers.Handover",
            "customers.QualitySetting",
            "customers.RetentionRule",
            "customers.RetentionRun",
            "customers.SegmentCount",
            "customers.Tag",
            "customers.Territory",
            "customers.TerritoryMember",
        ],
        _OURS,
    ),
)
