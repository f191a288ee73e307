"""The words that templates use."""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta

import pytest
from django import forms
from django.template import Context, Template
from django.utils.translation import override

from guanxi.foundation.templatetags import ui

NOON = datetime(2026, 3, 10, 12, 0, tzinfo=UTC)


@dataclass
class Column:
    align: str = "start"
    css: str = ""


@dataclass
class Row:
    pk: object = 7
    url: str = "/p/7/"
    cells: list[str] = field(default_factory=lambda: ["张三", "上海"])
    selected: bool = False


@dataclass
class Frame:
    columns: list[Column]
    bulk: tuple[str, ...] = ("trash",)


@dataclass
class Lines:
    frame: Frame
    rows: list[Row]


class Form(forms.Form):
    name = forms.CharField(help_text="Surname first.")
    agreed = forms.BooleanField(required=False)


@pytest.mark.parametrize(
    ("before", "words"),
    [
        (timedelta(seconds=20), "刚刚"),
        (timedelta(minutes=7), "7 分钟前"),
        (timedelta(hours=23), "23 小时前"),
        (timedelta(days=6), "6 天前"),
        (timedelta(days=8), "3月2日"),
        (timedelta(days=90), "2025年12月10日"),
        (timedelta(minutes=-5), "5 分钟后"),
        (timedelta(hours=-3), "3 小时后"),
        (timedelta(days=-2), "2 天后"),
    ],
)
def test_instants_are_told_from_now_within_a_week(
    before: timedelta, words: str
) -> None:
    with override("zh-hans"):
        assert ui.told(NOON - before, at=NOON) == words


def test_neighbouring_days_have_names() -> None:
    today = date(2026, 3, 10)
    with override("zh-hans"):
        named = [
            ui.short_day(today + timedelta(days=n), today=today) for n in (-1, 0, 1)
        ]
    assert named == ["昨天", "今天", "明天"]


def test_badges_escape_their_word() -> None:
    assert ui.badge("<b>", "red") == '<span class="ui-state ui-red">&lt;b&gt;</span>'


def test_given_unsafe_cells_when_drawn_then_they_are_escaped() -> None:
    table = Lines(Frame([Column(), Column()]), [Row(cells=["<i>", "&"])])
    drawn = ui.table_rows(table)
    assert '<a href="/p/7/">&lt;i&gt;</a>' in drawn
    assert ">&amp;</td>" in drawn


def test_given_nothing_to_do_with_rows_when_drawn_then_none_can_be_selected() -> None:
    row = Row(cells=["a"])
    assert 'type="checkbox"' in ui.table_rows(Lines(Frame([Column()]), [row]))
    assert "checkbox" not in ui.table_rows(Lines(Frame([Column()], bulk=()), [row]))


def test_given_a_first_cell_with_a_link_when_drawn_then_it_is_not_linked_twice() -> (
    None
):
    cell = Template("{% autoescape off %}{{ c }}{% endautoescape %}").render(
        Context({"c": '<a href="/x/">张三</a>'})
    )
    assert (
        ui.table_rows(Lines(Frame([Column()]), [Row(cells=[cell])])).count("<a ") == 1
    )


def test_cards_show_title_end_and_two_more() -> None:
    columns = [Column(), Column(), Column(), Column(), Column(align="end")]
    assert ui.cell_classes(columns) == [
        "ui-title",
        "ui-line",
        "ui-line",
        "ui-more",
        "ui-end ui-to-end",
    ]


def test_given_marked_columns_then_cards_show_those() -> None:
    columns = [Column(), Column(), Column(css="ui-card")]
    assert ui.cell_classes(columns) == ["ui-title", "ui-more", "ui-line ui-card"]


def test_given_an_error_when_a_field_is_drawn_then_error_and_help_describe_it() -> None:
    drawn = Template("{% load ui %}{% field form.name %}").render(
        Context({"form": Form({"name": ""})})
    )
    assert 'aria-describedby="id_name_helptext id_name_error"' in drawn
    assert 'aria-invalid="true"' in drawn
    assert 'id="id_name_error"' in drawn
    assert 'class="form-control"' in drawn


def test_a_check_box_stands_before_its_label() -> None:
    drawn = Template("{% load ui %}{% field form.agreed %}").render(
        Context({"form": Form()})
    )
    assert drawn.index("<input") < drawn.index("<span>Agreed")


def test_only_an_address_undoes() -> None:
    assert ui.undo_url("/undo/4/") == "/undo/4/"
    assert ui.undo_url("safe") == ""
