"""Who may see and change code lists, and the fields that a house adds."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from guanxi.customers.models import Code, CustomField, DataSet, FieldGroup, Handling
from guanxi.foundation.policies import Field, Policy, register

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
            "least_days": Field(_("Fewest days between two contacts")),
            "channel": Field(_("Best channel")),
            "tone": Field(pgettext_lazy("contact", "Tone")),
            "is_offered": Field(_("Offered")),
        },
    ),
    CustomField,
    FieldGroup,
    Handling,
    DataSet,
)
