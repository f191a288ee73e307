"""The console command ``guanxi``: fast to help, one sentence when something is wrong."""

import os
import sys
from dataclasses import dataclass
from gettext import gettext as _
from importlib import import_module
from importlib.metadata import version

import click

from guanxi.config.environment import WrongSetting
from guanxi.config.language import speak
from guanxi.config.problems import SetupError
from guanxi.foundation.errors import Refused

MISUSE = 2
INTERRUPTED = 130


@dataclass(frozen=True)
class Entry:
    """A command: the module that has it, and whether that reads Django's models."""

    help: str
    module: str
    needs_django: bool = True


def entries() -> dict[str, Entry]:
    """Return the commands by name, in the order in which people meet them."""
    return {
        "run": Entry(
            _("Start database, web and worker; print address and login."),
            "run",
            needs_django=False,
        ),
        "demo": Entry(_("Load the demo data, once."), "demo"),
        "import": Entry(
            _("Import customers, products or orders from a file."), "import_"
        ),
        "analyse": Entry(_("Compute the customers' scores and classes."), "analyse"),
        "warehouse": Entry(
            _("Load the data warehouse, and see what it holds."), "warehouse"
        ),
        "science": Entry(
            _("Fit a model of customer science to a file, without database."),
            "science",
            needs_django=False,
        ),
        "duplicates": Entry(
            _("Find the customers that are likely the same."), "duplicates"
        ),
        "doctor": Entry(_("Check the installation and say how to mend it."), "doctor"),
        "audit": Entry(_("Check that nobody changed the access log."), "audit"),
        "jobs": Entry(_("List the jobs that failed, and retry them."), "jobs"),
        "backup": Entry(_("Write database and files to one file."), "backup"),
        "restore": Entry(
            _("Read database and files from a backup."), "restore", needs_django=False
        ),
        "keys": Entry(_("List the keys of protected values, and change them."), "keys"),
        "token": Entry(_("Make, list and revoke keys for programs."), "token"),
        "user": Entry(
            _("Add, list, lock out and unlock users; set passwords and roles."), "user"
        ),
    }


class Commands(click.Group):
    """The commands, each in a module of its own that is loaded when it is named."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names of the commands."""
        return list(entries())

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        """Return the command ``name``, or None if there is none."""
        entry = entries().get(name)
        if entry is None:
            return None
        if entry.needs_django:
            import_module("guanxi.config.prepare").set_up_django()
        found: click.Command = import_module(
            f"guanxi.config.commands.{entry.module}"
        ).command
        return found

    def format_commands(
        self, ctx: click.Context, formatter: click.HelpFormatter
    ) -> None:
        """Write the list of commands without loading a single one."""
        with formatter.section(_("Commands")):
            formatter.write_dl(
                [(name, entry.help) for name, entry in entries().items()]
            )


def main() -> None:
    """Run the command line; a mistake of the caller ends with code 2, never a traceback."""
    speak()
    os.umask(0o077)  # what we write is the owner's alone
    group = Commands(
        "guanxi", help=_("Guanxi: customers, service and what to do today.")
    )
    group.params.append(_version())
    sys.exit(_run(group))


def _run(group: click.Group) -> int:
    try:
        ended = group.main(prog_name="guanxi", standalone_mode=False)
    except click.ClickException as error:
        return _tell(error.format_message(), error.exit_code)
    except (SetupError, Refused) as error:
        return _tell(str(error), MISUSE)
    except WrongSetting as error:
        return _tell(str(error.code), MISUSE)
    except (click.Abort, KeyboardInterrupt):
        return INTERRUPTED
    return ended if isinstance(ended, int) else 0


def _tell(sentence: str, code: int) -> int:
    if sentence:
        click.echo(sentence, err=True)
    return code


def _version() -> click.Option:
    return click.Option(
        ["--version"],
        is_flag=True,
        is_eager=True,
        expose_value=False,
        help=_("Show the version and exit."),
        callback=_show_version,
    )


def _show_version(
    ctx: click.Context,
    _param: click.Parameter,
    value: bool,  # noqa: FBT001 -- click's signature
) -> None:
    if value:
        click.echo(f"guanxi {version('guanxi')}")
        ctx.exit()
