"""What people call columns that many tables have, and of which no policy speaks."""

from collections.abc import Mapping

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from guanxi.foundation.words import Words

COMMON: Mapping[str, Words] = {
    "id": _("Number"),
    "name": _("Name"),
    "text": pgettext_lazy("column", "Text"),
    "value": pgettext_lazy("column", "Value"),
    "shown": pgettext_lazy("column", "As it was written"),
    "label": pgettext_lazy("column", "Label"),
    "kind": pgettext_lazy("column", "Kind"),
    "state": pgettext_lazy("column", "State"),
    "score": pgettext_lazy("column", "Score"),
    "reason": pgettext_lazy("column", "Reason"),
    "rules": pgettext_lazy("column", "Version of the rules"),
    "analysis": pgettext_lazy("column", "Number of the analysis"),
    "purpose": pgettext_lazy("column", "Purpose"),
    "channel": pgettext_lazy("column", "Channel"),
    "amount": pgettext_lazy("column", "Amount"),
    "currency": pgettext_lazy("column", "Currency"),
    "country": pgettext_lazy("column", "Country"),
    "district": pgettext_lazy("column", "District"),
    "street": pgettext_lazy("column", "Street"),
    "postcode": pgettext_lazy("column", "Postcode"),
    "extension": pgettext_lazy("column", "Extension"),
    "is_primary": pgettext_lazy("column", "First choice"),
    "language": pgettext_lazy("column", "Language"),
    "extra": pgettext_lazy("column", "Further fields"),
    "payload": pgettext_lazy("column", "Particulars"),
    "changes": pgettext_lazy("column", "Before and after"),
    "at": _("Time"),
    "written_at": pgettext_lazy("column", "Written at"),
    "edited_at": pgettext_lazy("column", "Changed at"),
    "pinned_at": pgettext_lazy("column", "Pinned at"),
    "trashed_at": pgettext_lazy("column", "Put into the trash at"),
    "deleted_at": pgettext_lazy("column", "Put into the trash at"),
    "created_at": pgettext_lazy("column", "Made at"),
    "made_at": pgettext_lazy("column", "Made at"),
    "added_at": pgettext_lazy("column", "Added at"),
    "joined_at": pgettext_lazy("column", "Added at"),
    "done_at": pgettext_lazy("column", "Done at"),
    "requested_at": pgettext_lazy("column", "Asked for at"),
    "expires_at": pgettext_lazy("column", "There until"),
    "taken_at": pgettext_lazy("column", "Taken at"),
    "identity": pgettext_lazy("column", "How the identity was checked"),
    "created_by": pgettext_lazy("column", "Made by (colleague)"),
    "requested_by": pgettext_lazy("column", "Asked for by (colleague)"),
    "added_by": pgettext_lazy("column", "Added by (colleague)"),
    "author": pgettext_lazy("column", "Written by (colleague)"),
    "actor": pgettext_lazy("column", "Done by (colleague)"),
    "subject": pgettext_lazy("column", "Number of the record"),
    "party": pgettext_lazy("column", "Number of the record"),
    "external": pgettext_lazy("column", "Number elsewhere"),
}
# A table without a policy of its own means something else by these than the record does.
OTHERWISE = frozenset({"kind", "state", "score"})
