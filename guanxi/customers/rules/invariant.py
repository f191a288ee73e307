"""What always holds of the customers that are kept; the doctor looks after it."""

from django.utils.translation import gettext_lazy as _

from guanxi.foundation.invariants import Invariant

_CUSTOMERS_MEND = _(
    "Something other than Guanxi changed these customers. Correct them in the database, "
    "or restore the last backup."
)
INVARIANTS = (
    Invariant(
        key="customer_traits",
        name=_("Every customer has one row of traits"),
        sql="SELECT '/customers/' || c.id || '/' FROM customers_customer c WHERE NOT EXISTS"
        " (SELECT FROM customers_traits t WHERE t.customer_id = c.id)",
        mend=_CUSTOMERS_MEND,
    ),
    Invariant(
        key="customer_state",
        name=_("Every customer is in one of the known states"),
        sql="SELECT '/customers/' || id || '/' FROM customers_customer WHERE state NOT IN"
        " ('non_customer', 'potential', 'target', 'actual', 'lost')",
        mend=_CUSTOMERS_MEND,
    ),
    Invariant(
        key="customer_points",
        name=_("The phone and e-mail of a customer are its primary ones"),
        sql="SELECT '/customers/' || c.id || '/' FROM customers_customer c"
        " WHERE c.phone <> coalesce((SELECT p.value FROM customers_contactpoint p"
        " WHERE p.customer_id = c.id AND p.kind = 'phone' AND p.is_primary), '')"
        " OR c.email <> coalesce((SELECT p.value FROM customers_contactpoint p"
        " WHERE p.customer_id = c.id AND p.kind = 'email' AND p.is_primary), '')",
        mend=_("Open and save these customers: their columns are computed anew."),
    ),
)
