"""Who may see and start imports."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from guanxi.foundation.models import ImportRun
from guanxi.foundation.policies import Field, Policy, register

IMPORT_RUN = register(
    Policy(
        kind="import_run",
        label=_("Imports"),
        owner="owner_id",
        actions={
            "read": _("See"),
            "create": _("Import files"),
            "undo": _("Undo an import"),
        },
        fields={
            "name": Field(_("File")),
            "kind": Field(pgettext_lazy("import", "Kind")),
            "state": Field(pgettext_lazy("import", "State")),
            "owner": Field(pgettext_lazy("import", "Imported by")),
            "total": Field(_("Rows")),
            "created": Field(pgettext_lazy("import", "Created")),
            "updated": Field(pgettext_lazy("import", "Updated")),
            "skipped": Field(pgettext_lazy("import", "Skipped")),
            "refused": Field(pgettext_lazy("import", "Refused")),
            "created_at": Field(_("Uploaded at")),
            "finished_at": Field(_("Finished at")),
        },
        always=[
            *("name", "kind", "state", "owner", "total", "created", "updated"),
            *("skipped", "refused", "created_at", "finished_at"),
        ],
    ),
    ImportRun,
)
