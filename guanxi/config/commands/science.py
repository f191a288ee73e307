"""``guanxi science MODEL FILE``: a model of customer science on any file, without database."""

from datetime import datetime
from gettext import gettext as _
from pathlib import Path

import click

from guanxi.analytics.laboratory.findings import as_facts
from guanxi.analytics.laboratory.model import Model, Option
from guanxi.analytics.laboratory.models import models
from guanxi.analytics.laboratory.request import DAYS_OF, Request
from guanxi.analytics.laboratory.show import told, write_rows
from guanxi.analytics.laboratory.trouble import Unusable
from guanxi.config.problems import SetupError
from guanxi.config.reports import report

_COMMON = (
    *("header", "delimiter", "customer", "date", "amount", "date_format"),
    *("unit", "skip_bad_rows"),
)


class Models(click.Group):
    """The models, each made a command when it is named; listing them loads none."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names of the models."""
        return list(models())

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        """Return the command of the model ``name``, or None if there is none."""
        model = models().get(name)
        return None if model is None else _command(model)

    def format_commands(
        self, ctx: click.Context, formatter: click.HelpFormatter
    ) -> None:
        """Write the list of models."""
        with formatter.section(_("Models")):
            formatter.write_dl([(each.name, each.help) for each in models().values()])


command = Models(
    "science",
    help=_(
        "Fit a model of customer science to a file: CSV or other delimited text, "
        "Parquet or XLSX. Neither database nor house is needed."
    ),
    subcommand_metavar=_("MODEL FILE [OPTIONS]"),
)


def _command(model: Model) -> click.Command:
    def run(*, path: Path, as_json: bool, output: Path | None, **given: object) -> None:
        common = {key: given.pop(key) for key in _COMMON}
        cut_off = given.pop("cut_off")
        request = Request(
            path=path,
            cut_off=cut_off.date() if isinstance(cut_off, datetime) else None,
            own=given,
            **common,  # type: ignore[arg-type]  # -- click has checked the types
        )
        _answer(model, request, output, as_json=as_json)

    return click.Command(
        model.name, help=model.help, callback=run, params=_params(model)
    )


def _answer(
    model: Model, request: Request, output: Path | None, *, as_json: bool
) -> None:
    """
    Run the model, write the customers' rows if asked, and report.

    :raises SetupError: if the file or an option does not allow the model.
    """
    try:
        found = model.load()(request)
        if output is not None:
            if found.each is None:
                raise Unusable(
                    _("This model has no rows of single customers to write.")
                )
            write_rows(found.each(), output)
    except Unusable as error:
        raise SetupError(str(error)) from error
    except OSError as error:
        raise SetupError(
            _("“%(file)s” cannot be written: %(reason)s")
            % {"file": output, "reason": error.strerror}
        ) from error
    facts = as_facts(model.name, model.version, found)
    report(facts, told(model.help, found), as_json=as_json)


def _params(model: Model) -> list[click.Parameter]:
    """Return the file, the common options and the model's own."""
    file = click.Path(exists=True, dir_okay=False, path_type=Path)
    return [
        click.Argument(["path"], type=file, metavar=_("FILE")),
        *_common_options(),
        *(_own(option) for option in model.options),
    ]


def _common_options() -> list[click.Parameter]:
    day = click.DateTime(["%Y-%m-%d"])
    return [
        click.Option(
            ["--no-header", "header"],
            flag_value=False,
            default=True,
            type=bool,
            help=_("The first line is no heading; name columns by number from 0."),
        ),
        click.Option(
            ["--delimiter"],
            default="",
            help=_(
                "What divides the cells; “ ” for runs of blanks, \\t for a tab. "
                "Guessed if not given."
            ),
        ),
        _column("--customer", _("Column of the customer.")),
        _column("--date", _("Column of the date.")),
        _column("--amount", _("Column of the amount.")),
        click.Option(
            ["--date-format"],
            default="",
            help=_("How dates are written, such as %Y%m%d; usual ways are guessed."),
        ),
        click.Option(
            ["--cut-off"],
            type=day,
            metavar=_("DATE"),
            help=_("Last day that counts as known; later rows test the model."),
        ),
        click.Option(
            ["--unit"],
            type=click.Choice(list(DAYS_OF)),
            default="week",
            show_default=True,
            help=_("Unit of time."),
        ),
        click.Option(
            ["--skip-bad-rows"],
            is_flag=True,
            help=_("Leave out rows that cannot be read, and tell how many."),
        ),
        click.Option(
            ["--output"],
            type=click.Path(dir_okay=False, path_type=Path),
            help=_("Write one row for each customer to this CSV file."),
        ),
        click.Option(["--json", "as_json"], is_flag=True, help=_("Report as JSON.")),
    ]


def _column(name: str, text: str) -> click.Option:
    return click.Option([name], default="", metavar=_("COLUMN"), help=text)


def _own(option: Option) -> click.Option:
    types: dict[str, click.ParamType[object]] = {
        "whole": click.INT,
        "number": click.FLOAT,
        "date": click.DateTime(["%Y-%m-%d"]),
    }
    kind = click.Choice(option.choices) if option.choices else types.get(option.kind)
    if option.kind == "flag":
        return click.Option([f"--{option.name}"], is_flag=True, help=option.help)
    return click.Option(
        [f"--{option.name}"],
        type=kind or click.STRING,
        default=() if option.many else option.default,
        multiple=option.many,
        metavar=_("COLUMN") if option.kind == "column" else None,
        show_default=option.default is not None,
        help=option.help,
    )
