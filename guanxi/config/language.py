"""
What language the command line speaks: that of GUANXI_LANGUAGE, Chinese by default.

The commands must answer before Django is up, and also when it cannot come up. So
they use Python's own gettext on the catalogue of this folder.
"""

import gettext
import os
from gettext import gettext as _
from gettext import ngettext
from pathlib import Path

CATALOGUES = Path(__file__).parent / "locale"


def speak() -> None:
    """Make gettext answer in the language of ``GUANXI_LANGUAGE`` from here on."""
    chinese = os.environ.get("GUANXI_LANGUAGE", "").strip() != "en"
    os.environ["LANGUAGE"] = "zh_Hans" if chinese else "en"
    gettext.bindtextdomain("django", str(CATALOGUES))
    gettext.textdomain("django")


def words_of_click() -> tuple[str, ...]:
    """Return the sentences click asks gettext for, so that the catalogue keeps them."""
    return (
        _("Usage:"),
        _("Options"),
        _("Commands"),
        _("Show this message and exit."),
        _("Show the version and exit."),
        _("Try '{command} {option}' for help."),
        _("Error: {message}"),
        _("Missing argument"),
        _("Missing option"),
        _("No such option {name!r}."),
        _("Invalid value: {message}"),
        _("Invalid value for {param_hint}: {message}"),
        _("{name} {filename!r} does not exist."),
        _("{name} {filename!r} is a directory."),
        _("{value!r} is not a valid {number_type}."),
        _("{value} is not in the range {range}."),
        _("file"),
        _("No such command {name!r}."),
        _("default: {default}"),
        _("Aborted!"),
        _("required"),
        _("Choose from:\n\t{choices}"),
        _("Missing command."),
        ngettext("{value!r} is not {choice}.", "{value!r} is not one of {choices}.", 2),
        ngettext(
            "{value!r} does not match the format {format}.",
            "{value!r} does not match the formats {formats}.",
            2,
        ),
        ngettext(
            "Got unexpected extra argument ({args})",
            "Got unexpected extra arguments ({args})",
            2,
        ),
        ngettext(
            "Did you mean {possibility}?",
            "(Did you mean one of: {possibilities}?)",
            2,
        ),
    )
