"""Every piece of the UI kit in its states, for developers, tests and screenshots."""

from datetime import datetime, timedelta
from decimal import Decimal

from django import forms
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET

from guanxi.foundation import clock, figures
from guanxi.foundation.money import Money
from guanxi.foundation.tables.saved import ViewTab
from guanxi.foundation.tables.shown import (
    DENSITIES,
    Chip,
    Density,
    Frame,
    Head,
    Row,
    ShownEmpty,
    ShownTable,
    Tool,
)
from guanxi.foundation.templatetags import ui

PEOPLE = ("张伟华", "欧阳雪婷", "刘建国", "孙浩然", "吕𠮷", "施㛃")
FIRMS = (
    "华东医疗器械有限公司",
    "杭州云栖科技股份有限公司",
    "成都蜀味餐饮管理集团",
    "内蒙古自治区呼和浩特市赛罕区新兴产业园北方畜牧乳业集团股份有限公司第二销售事业部华北大区办事处",
)
CITIES = ("上海", "杭州", "成都", "呼和浩特")
AMOUNTS = ("1234.00", "98765.43", "-320.50", "1260000.00", "0.10", "376000.00")
MONTHLY = (82_000, 124_500, 98_000, 176_300, 153_900, 231_000)


class GalleryForm(forms.Form):
    """A form with one control of each kind."""

    name = forms.CharField(
        label=gettext_lazy("Name"), help_text=gettext_lazy("Surname first.")
    )
    phone = forms.RegexField(
        r"1\d{10}",
        label=gettext_lazy("Mobile"),
        error_messages={"invalid": gettext_lazy("A mobile number has 11 digits.")},
    )
    kind = forms.ChoiceField(
        label=gettext_lazy("Kind"),
        choices=[("p", gettext_lazy("Person")), ("f", gettext_lazy("Company"))],
    )
    size = forms.ChoiceField(
        label=gettext_lazy("Size"),
        widget=forms.RadioSelect,
        choices=[("s", gettext_lazy("Small")), ("l", gettext_lazy("Large"))],
        initial="s",
    )
    day = forms.DateField(
        label=gettext_lazy("Day"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}),
    )
    note = forms.CharField(
        label=gettext_lazy("Note"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    file = forms.FileField(label=gettext_lazy("File"), required=False)
    agreed = forms.BooleanField(label=gettext_lazy("May be called"), required=False)


@login_required
@require_GET
def gallery(request: HttpRequest) -> HttpResponse:
    """Show all pieces; ``?piece=dialog`` and ``?piece=gate`` show what stands alone."""
    if request.GET.get("piece") == "dialog":
        return render(request, "ui/gallery_dialog.html", {"form": GalleryForm()})
    if request.GET.get("piece") == "gate":
        return render(request, "ui/gallery_gate.html", {"form": GalleryForm()})
    now = clock.now()
    pieces = {
        "tones": _tones(),
        "tabs": _tabs(),
        "instants": [now - timedelta(minutes=7**n) for n in range(8)],
        "days": [now.date() + timedelta(days=n) for n in (-1, 0, 1, 40, 400)],
        "amounts": [Money(Decimal(a), "CNY") for a in AMOUNTS] + [None],
        "figures": [9_999, 12_345, 3_760_000, 123_456_789],
        "stats": _stats(),
        "items": _items(now),
        "chart": _chart(),
        "progress": _progress(),
        "groups": _groups(),
        "table": _table(now),
        "none": _none(),
        "form": GalleryForm(prefix="new"),
        "wrong": GalleryForm({"bad-name": "", "bad-phone": "12"}, prefix="bad"),
    }
    return render(request, "ui/gallery.html", pieces)


def _tones() -> list[tuple[str, str]]:
    return [
        ("green", _("Good")),
        ("amber", _("Waiting")),
        ("red", _("At risk")),
        ("blue", _("New")),
        ("gray", _("Asleep")),
    ]


def _tabs() -> list[dict[str, object]]:
    labels = (_("All"), _("Mine"), _("This week"))
    return [
        {"label": label, "url": "#", "active": n == 0, "count": n * 6}
        for n, label in enumerate(labels)
    ]


def _stats() -> list[dict[str, str]]:
    return [
        {"label": _("New today"), "value": "128", "trend": "+12%", "tone": "green", "url": "#"},
        {"label": _("Waiting"), "value": "38", "trend": "−5%", "tone": "green", "url": "#"},
        {"label": _("First answer"), "value": "42″", "trend": "", "tone": "gray", "url": ""},
        {"label": _("Amount"), "value": "¥" + figures.short(3_760_000), "trend": "−18%", "tone": "red", "url": "#"},
    ]  # fmt: skip


def _items(now: datetime) -> list[dict[str, object]]:
    return [
        {
            "icon": name,
            "tone": tone,
            "title": title,
            "body": body,
            "at": now - timedelta(hours=hours),
            "actor": actor,
            "url": url,
        }
        for name, tone, title, body, hours, actor, url in (
            ("phone", "blue", _("Call, 4 minutes"), _("Wants a new price by Friday."), 1, PEOPLE[0], "#"),
            ("note", "gray", _("Note"), _("Prefers messages to calls."), 30, PEOPLE[1], ""),
            ("alert-triangle", "amber", _("Silent longer than usual"), "", 200, "", "#"),
        )
    ]  # fmt: skip


def _chart() -> dict[str, object]:
    months = [f"2026-{n:02}" for n in range(1, 7)]
    series = {"type": "bar", "name": _("Amount"), "data": MONTHLY, "barMaxWidth": 28}
    return {
        "title": _("Amount a month"),
        "option": {
            "xAxis": {"type": "category", "data": months},
            "yAxis": {"type": "value", "axisLabel": {"formatter": "wan"}},
            "series": [series],
        },
        "heads": [_("Month"), _("Amount")],
        "rows": [
            (month, f"{value:,}") for month, value in zip(months, MONTHLY, strict=True)
        ],
    }


def _progress() -> dict[str, object]:
    return {
        "title": _("Reading the file"),
        "done": 128_400,
        "total": 500_000,
        "speed": "21,300",
        "remaining": "17 s",
        "url": "",
        "finished": False,
    }


def _groups() -> list[dict[str, object]]:
    found = [
        {"label": name, "detail": firm, "url": "#"}
        for name, firm in zip(PEOPLE, FIRMS, strict=False)
    ]
    return [{"label": _("People"), "icon": "users", "results": found}]


def _table(now: datetime) -> ShownTable:
    return ShownTable(
        frame=_frame(),
        chips=[Chip(_("City is Shanghai or Hangzhou"), remove_url="?")],
        rows=[_row(n, now) for n in range(len(PEOPLE))],
        next_url="?after=6",
        prev_url="",
        about=_("about %(count)s") % {"count": figures.short(12_345)},
        empty=_none(),
        query="",
    )


def _frame() -> Frame:
    lost = _("{n} rows go to the trash and are deleted after 30 days.")
    return Frame(
        title=_("People"),
        views=(
            ViewTab(_("All"), "?", active=True, pinned=True),
            ViewTab(_("This week"), "?", active=False, shared=True, pinned=True),
        ),
        columns=(
            Head("name", _("Name"), "?sort=name", sort_dir="asc"),
            Head("company", _("Company"), "?sort=company", css="ui-card"),
            Head("city", _("City"), "?sort=city"),
            Head("state", _("State"), "?sort=state", css="ui-card"),
            Head("last", _("Last seen"), "?sort=last"),
            Head("amount", _("Amount"), "?sort=amount", align="end"),
        ),
        bulk=(
            Tool("share", _("Assign"), "user-share", confirm=""),
            Tool("trash", _("Move to trash"), "trash", confirm=lost),
        ),
        sizes=(),
        densities=tuple(Density(key, "?", key == DENSITIES[0]) for key in DENSITIES),
        filter_url="?piece=dialog",
        columns_url="?piece=dialog",
        save_view_url="?piece=dialog",
        views_url="?piece=dialog",
        export_csv_url="",
        export_xlsx_url="",
        export_pdf_url="",
    )


def _row(n: int, now: datetime) -> Row:
    tone, word = _tones()[n % 5]
    amount = Money(Decimal(AMOUNTS[n]), "CNY")
    seen = ui.ago(now - timedelta(hours=5**n))
    firm, city = FIRMS[n % len(FIRMS)], CITIES[n % len(CITIES)]
    cells = [PEOPLE[n], firm, city, ui.badge(word, tone), seen, ui.money(amount)]
    return Row(n + 1, "#", cells)


def _none() -> ShownEmpty:
    return ShownEmpty(
        title=_("Nothing fits these conditions"),
        text=_("Remove one of them, or bring in rows from a file."),
        action_label=_("Import a file"),
        action_url="#",
    )
