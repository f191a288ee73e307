"""The UI kit's template words: icons, states, money, time, fields, panels and rows."""

from collections.abc import Sequence
from datetime import date, datetime
from functools import cache, lru_cache
from json import dumps
from typing import Any, Protocol

from django import template
from django.core.serializers.json import DjangoJSONEncoder
from django.db.models import Model
from django.forms import BoundField, CheckboxInput, FileInput, Select
from django.template import Context
from django.template.loader_tags import BLOCK_CONTEXT_KEY
from django.templatetags.static import static
from django.utils import dateformat, formats, timezone
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, ngettext, pgettext
from django.utils.translation import gettext as _

from guanxi.foundation import clock, figures
from guanxi.foundation.actor import Actor
from guanxi.foundation.money import Money
from guanxi.foundation.policies import COVERED, policy_for
from guanxi.foundation.rooms import ShownPanel, allowed, panels_for

register = template.Library()

NONE = mark_safe('<span class="ui-none">–</span>')
MINUTE, HOUR, DAY, WEEK = 60, 3600, 86_400, 604_800
MOST_DAYS = 5000
CARD_LINE_CELLS = 2  # what fits beside each other on the second line at 390 px


class Column(Protocol):
    """What a list needs to know of a column to draw its cells."""

    @property
    def align(self) -> str: ...
    @property
    def css(self) -> str: ...


class Row(Protocol):
    """One line of a list: ``cells`` are safe HTML, in the order of the columns."""

    @property
    def pk(self) -> object: ...
    @property
    def url(self) -> str: ...
    @property
    def cells(self) -> Sequence[str]: ...
    @property
    def selected(self) -> bool: ...


class Frame(Protocol):
    """The part of a frame that decides how rows are drawn."""

    @property
    def columns(self) -> Sequence[Column]: ...
    @property
    def bulk(self) -> Sequence[object]: ...


class Lines(Protocol):
    """The part of a table that :func:`table_rows` draws."""

    @property
    def frame(self) -> Frame: ...
    @property
    def rows(self) -> Sequence[Row]: ...


@register.simple_tag
@cache
def icon(name: str, css: str = "") -> SafeString:
    """
    Return the outline icon ``name`` of the sprite; it is decoration, never the label.

    Remembered, because a page has some fifty and the sprite's address never changes.
    """
    return format_html(
        '<svg class="icon {}" aria-hidden="true"><use href="{}#{}"/></svg>',
        css,
        static("vendor/icons.svg"),
        name,
    )


@register.simple_tag
def badge(text: str, tone: str = "gray") -> SafeString:
    """Return a state as dot and word; ``tone``: green, amber, red, blue or gray."""
    return _span(f"ui-state ui-{tone}", text)


@register.simple_tag
def avatar(initial: str, css: str = "") -> SafeString:
    """Return the round initial that stands for a person beside the name."""
    return format_html(
        '<span class="ui-avatar {}" aria-hidden="true">{}</span>', css, initial
    )


@register.simple_tag
def money(value: Money | None) -> SafeString:
    """Return ``¥1,234.00`` in tabular figures; a dash when there is no amount."""
    if value is None:
        return NONE
    return _span("ui-money", figures.amount(value.amount, value.currency))


def _span(css: str, text: str) -> SafeString:
    """Return escaped text; a cell's worth of ``format_html``, at a third of the time."""
    return mark_safe(f'<span class="{css}">{conditional_escape(text)}</span>')  # noqa: S308 -- escaped, and css is ours


register.filter("amount", figures.amount)
register.filter("short_amount", figures.short_amount)
register.filter("wan", figures.short)
register.filter("grouped", figures.grouped)


@register.simple_tag
def ago(instant: datetime | None) -> SafeString:
    """Return ``instant`` as told from now within a week, else its day; exact on hover."""
    if instant is None:
        return NONE
    local = timezone.localtime(instant)
    exact, words = f"{local:%Y-%m-%d %H:%M}", told(local, at=clock.now())
    return mark_safe(f'<time datetime="{local:%FT%T%z}" title="{exact}">{words}</time>')  # noqa: S308 -- figures and our own words


def told(local: datetime, *, at: datetime) -> str:
    """Return how long before or after ``at`` the local time is, or its day."""
    seconds = round((at - local).total_seconds())
    if abs(seconds) >= WEEK:
        return short_day(local.date(), today=at.astimezone(local.tzinfo).date())
    return _past(seconds) if seconds >= 0 else _future(-seconds)


def _past(seconds: int) -> str:
    if seconds < MINUTE:
        return _("just now")
    if seconds < HOUR:
        n = seconds // MINUTE
        return ngettext("%(n)d minute ago", "%(n)d minutes ago", n) % {"n": n}
    if seconds < DAY:
        n = seconds // HOUR
        return ngettext("%(n)d hour ago", "%(n)d hours ago", n) % {"n": n}
    n = seconds // DAY
    return ngettext("%(n)d day ago", "%(n)d days ago", n) % {"n": n}


def _future(seconds: int) -> str:
    if seconds < HOUR:
        n = max(seconds // MINUTE, 1)
        return ngettext("in %(n)d minute", "in %(n)d minutes", n) % {"n": n}
    if seconds < DAY:
        n = seconds // HOUR
        return ngettext("in %(n)d hour", "in %(n)d hours", n) % {"n": n}
    n = seconds // DAY
    return ngettext("in %(n)d day", "in %(n)d days", n) % {"n": n}


@register.simple_tag
def day(value: date | None) -> SafeString:
    """Return a calendar day: today and its neighbours by name, the year only if another."""
    if value is None:
        return NONE
    today = timezone.localtime(clock.now()).date()
    return _drawn_day(value, today, get_language())


@lru_cache(maxsize=MOST_DAYS)
def _drawn_day(value: date, today: date, _language: str | None) -> SafeString:
    """Return the day as of ``today``; lists and worklists show few days many times."""
    return format_html(
        '<time datetime="{}" title="{}">{}</time>',
        value.isoformat(),
        formats.date_format(value, "DATE_FORMAT"),
        short_day(value, today=today),
    )


def short_day(value: date, *, today: date) -> str:
    """Return ``value`` as a person would say it on ``today``."""
    near = {-1: _("yesterday"), 0: _("today"), 1: _("tomorrow")}
    if name := near.get((value - today).days):
        return name
    if value.year != today.year:
        return formats.date_format(value, "DATE_FORMAT")
    # Django's own MONTH_DAY_FORMAT writes 09月1日.
    return dateformat.format(value, pgettext("date format", "N j"))


@register.inclusion_tag("ui/field.html")
def field(bound: BoundField) -> dict[str, Any]:
    """Return a form field with label, help and error, its control dressed and described."""
    widget = bound.field.widget
    if isinstance(widget, CheckboxInput):
        kind, css = "check", "form-check-input"
    elif bound.use_fieldset:
        kind, css = "choices", ""
    elif isinstance(widget, Select):
        kind, css = "plain", "form-select"
    else:
        kind, css = "file" if isinstance(widget, FileInput) else "plain", "form-control"
    css = f"{css} {widget.attrs.get('class', '')}".strip()
    control = bound.as_widget(attrs={"class": css} if css else {})
    return {"bound": bound, "kind": kind, "control": control}


@register.simple_tag(takes_context=True)
def shown(context: Context, record: Model, name: str) -> str:
    """Return a field of ``record`` as openly as the viewer may see it, else ``***``."""
    value = getattr(record, name)
    text = "" if value is None else str(value)
    told = policy_for(record).shown(context["request"].user, name, text)
    return told or (COVERED if text else "")


@register.inclusion_tag("ui/panels.html", takes_context=True)
def panels(context: Context, place: str, subject: Any) -> dict[str, Any]:
    """Return the places of the fragments that rooms show at ``place`` about ``subject``."""
    shown = panels_for(context["request"].user, place, subject.pk)
    return {"panels": shown, "place": place, "subject": subject}


@register.simple_tag(takes_context=True)
def offers(context: Context, place: str, subject: Any) -> list[ShownPanel]:
    """Return the dialogs that rooms offer at ``place`` about ``subject``."""
    return panels_for(context["request"].user, place, subject.pk)


@register.simple_tag(takes_context=True)
def repeat(context: Context, block: str) -> str:
    """Return the text of a template block a second time, as the title in the heading."""
    found = context.render_context[BLOCK_CONTEXT_KEY].get_block(block)
    return str(found.render(context))


@register.filter
def undo_url(extra_tags: str) -> str:
    """Return the address that takes a message's deed back, given as its extra tags."""
    return extra_tags if extra_tags.startswith("/") else ""


@register.filter
def json(value: object) -> str:
    """Return ``value`` as JSON, for an attribute that a script reads."""
    return dumps(value, cls=DjangoJSONEncoder)


@register.filter
def can(viewer: Actor, permission: str) -> bool:
    """Tell whether ``viewer`` has ``permission`` at any depth: what a page may offer."""
    return allowed(viewer, permission)


@register.simple_tag
def table_rows(table: Lines) -> SafeString:
    """
    Return the body rows of a list.

    In one function and not a template because a page has hundreds of cells.
    """
    # Somebody may see that there is a record, and none of its fields.
    css = cell_classes(table.frame.columns) or ["ui-title"]
    pick = conditional_escape(_("Select")) if table.frame.bulk else ""
    return mark_safe("".join(_row(row, css, pick) for row in table.rows))  # noqa: S308 -- every part is escaped in _row


def cell_classes(columns: Sequence[Column]) -> list[str]:
    """
    Return the CSS classes of each column's cells.

    On a phone a row is a card of two lines: the first column is its title, the first
    one aligned to the end stands opposite, and two share the second line: those whose
    ``css`` has ``ui-card``, else the next ones.
    """
    end = next((i for i, c in enumerate(columns) if i and c.align == "end"), None)
    others = [i for i in range(1, len(columns)) if i != end]
    marked = [i for i in others if "ui-card" in columns[i].css]
    parts = dict.fromkeys((marked or others)[:CARD_LINE_CELLS], "ui-line")
    parts[0] = "ui-title"
    if end is not None:
        parts[end] = "ui-end"
    return [
        " ".join(filter(None, [parts.get(i, "ui-more"), _aligned(c), c.css]))
        for i, c in enumerate(columns)
    ]


def _aligned(column: Column) -> str:
    return f"ui-to-{column.align}" if column.align in ("end", "center") else ""


def _row(row: Row, css: Sequence[str], pick: str) -> str:
    pk, url = conditional_escape(str(row.pk)), conditional_escape(row.url)
    cells = [conditional_escape(cell) for cell in row.cells] or [SafeString("")]
    title = (
        cells[0] if "<a " in cells[0] or not url else f'<a href="{url}">{cells[0]}</a>'
    )
    rest = "".join(
        f'<td class="{c}">{cell}</td>'
        for c, cell in zip(css[1:], cells[1:], strict=True)
    )
    return (
        f"<tr>{_picker(row, pk, pick) if pick else ''}"
        f'<th scope="row" id="row-{pk}" class="{css[0]}">{title}</th>{rest}</tr>\n'
    )


def _picker(row: Row, pk: str, pick: str) -> str:
    """Return the cell that selects a row, where there is something to do with rows."""
    chosen = " checked" if row.selected else ""
    return (
        f'<td class="ui-pick"><input type="checkbox" class="form-check-input" name="pk"'
        f' value="{pk}" aria-label="{pick}" aria-describedby="row-{pk}"{chosen}></td>'
    )
