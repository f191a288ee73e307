"""What goes with a customer that becomes part of another one, beside foreign keys."""

from guanxi.foundation.merging.declared import Mention, Remains

MENTIONS = (
    Mention(
        "customers.Customer",
        "foundation.StoredFile",
        "record_id",
        {"kind": "customer"},
    ),
    Mention("customers.Customer", "foundation.LoggedEvent", "party_id"),
    Mention(
        "customers.Customer",
        "foundation.LoggedEvent",
        "subject_id",
        {"kind": "customer"},
    ),
)
REMAINS = (
    Remains(
        "customers.DuplicatePair",
        "one_id",
        "A pair is of these two, and is there again when they are two.",
    ),
    Remains(
        "customers.DuplicatePair",
        "other_id",
        "A pair is of these two, and is there again when they are two.",
    ),
    Remains("customers.Traits", "customer_id", "Every customer has its own."),
    Remains(
        "customers.FieldReview",
        "customer_id",
        "What was looked at was this record, not the other one.",
    ),
    Remains(
        "customers.QualityWeek",
        "customer_id",
        "It tells how good the data of this record were.",
    ),
    Remains(
        "customers.NumberCheck",
        "customer_id",
        "It tells of the numbers of this record.",
    ),
    Remains(
        "customers.TerritoryCustomer",
        "customer_id",
        "Where a customer lies follows from what is known of it.",
    ),
    Remains(
        "customers.CustomerShare",
        "record_id",
        "What was shared was one customer, and not what it has become part of.",
    ),
    Remains("foundation.Access", "subject_id", "What was seen is never written anew."),
    Remains("foundation.Access", "subject_ids", "What was seen is never written anew."),
    Remains(
        "foundation.ImportedRow",
        "record_id",
        "A file changed the row itself, and that is taken back there.",
    ),
)
