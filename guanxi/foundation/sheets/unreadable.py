"""The refusal of a file, one sentence for each reason."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from guanxi.foundation.figures import grouped
from guanxi.foundation.invalid import Invalid
from guanxi.foundation.sheets import limits

_SENTENCES = {
    "empty": _("The file is empty."),
    "too_large": _(
        "The file is larger than %(megabytes)s MB. Divide it into several files."
    ),
    "not_a_table": _(
        "This is not a table (%(found)s). Choose a CSV or Excel (.xlsx) file."
    ),
    "web_page": _(
        "This is a web page with the name of a spreadsheet. Open it in Excel or WPS, "
        "save it as .xlsx and choose it again."
    ),
    "old_excel": _(
        "This is an old Excel file (.xls). Open it in Excel or WPS, save it as .xlsx "
        "and choose it again."
    ),
    "other_spreadsheet": _(
        "This kind of spreadsheet cannot be read. Save it as .xlsx and choose it again."
    ),
    "encrypted": _(
        "The file is protected by a password. Remove the password in Excel or WPS and "
        "choose the file again."
    ),
    "damaged": _("The file is damaged. Open it in Excel or WPS and save it again."),
    "zip_bomb": _(
        "The spreadsheet unpacks to far more than its size and was not opened. Save "
        "only the cells you need into a new file, or as CSV."
    ),
    "zip_path": _("The spreadsheet holds parts with unsafe names and was not opened."),
    "xml_entity": _(
        "The spreadsheet holds definitions that spreadsheets do not need, and was not "
        "opened. Save it again in Excel or WPS."
    ),
    "unpacked_too_large": _(
        "The spreadsheet is too large to be opened here. Save it as CSV and choose "
        "that file."
    ),
    "too_many_columns": _(
        "The table has more than %(columns)s columns. Delete those you do not need."
    ),
    "line_too_long": _(
        "A line of the file has more than %(characters)s characters. This is not a table."
    ),
    "cell_too_long": _(
        "A cell has more than %(characters)s characters. Perhaps a quotation mark is "
        "not closed."
    ),
    "too_much_memory": _(
        "The sheet reaches too far to the right or down. Delete the empty rows and "
        "columns around the table, or save it as CSV."
    ),
    "too_slow": _(
        "The spreadsheet takes too long to open. Save it as CSV and choose that file."
    ),
    "no_sheet": _("The spreadsheet has no sheet with cells."),
    "unknown_sheet": _("The spreadsheet has no sheet called “%(sheet)s”."),
}
_ALWAYS = {
    "columns": grouped(limits.MAX_COLUMNS),
    "megabytes": limits.MAX_TEXT_BYTES // limits.MEGABYTE,
}
_CHARACTERS = {
    "line_too_long": grouped(limits.MAX_LINE_CHARACTERS),
    "cell_too_long": grouped(limits.MAX_CELL_CHARACTERS),
}


class UnreadableSheet(Invalid):
    """A file that is no table, or costs more than a table may."""

    def __init__(self, code: str, **params: object) -> None:
        told = _ALWAYS | {"characters": _CHARACTERS.get(code, "")} | params
        super().__init__(_SENTENCES[code], code=code, **told)
