"""Draw what a chart shows as a picture for paper: SVG from the options of the page."""

from base64 import b64encode
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from math import cos, log10, pi, sin
from typing import Any
from xml.etree.ElementTree import Element, SubElement, tostring

from guanxi.foundation.figures import short

WIDTH, HEIGHT = 680.0, 240.0
LEFT, TOP, BOTTOM, RIGHT = 58.0, 30.0, 24.0, 8.0
COLORS = ("#2f5bd3", "#16794a", "#94600a", "#667080", "#c23030")
INK, LINE, PALE, WASH = "#515a69", "#e7e9ee", "#a7afbc", "#eef2fd"
_FONT = '"Noto Sans CJK SC", sans-serif'
_MOST_TICKS = 14
_STEPS = (1, 2, 2.5, 5, 10)


def picture(option: Mapping[str, Any]) -> str:
    """
    Return a chart as an address that holds an SVG picture; "" for what cannot be drawn.

    ``option`` is what the page's chart is drawn from: lines and bars over categories
    (beside each other, or stacked), a ring, or a field of squares.
    """
    series = list(option.get("series", ()))
    if not series:
        return ""
    svg = Element(
        "svg",
        {
            "xmlns": "http://www.w3.org/2000/svg",
            "viewBox": f"0 0 {WIDTH:g} {HEIGHT:g}",
            "font-family": _FONT,
            "font-size": "10",
        },
    )
    kinds = {one.get("type") for one in series}
    if kinds <= {"line", "bar"}:
        _draw_sided(svg, option, [one for one in series if not _is_hidden(one)])
    elif kinds == {"pie"}:
        _draw_ring(svg, series[0]["data"])
    elif kinds == {"heatmap"}:
        _draw_heat(svg, option, series[0]["data"])
    else:
        return ""
    return f"data:image/svg+xml;base64,{b64encode(tostring(svg)).decode()}"


def _is_hidden(series: Mapping[str, Any]) -> bool:
    """Tell whether a series only carries another: it has no line to see."""
    return bool(series.get("lineStyle", {}).get("opacity") == 0)


def _values(series: Mapping[str, Any]) -> list[float | None]:
    found = (
        one.get("value") if isinstance(one, dict) else one for one in series["data"]
    )
    return [None if one is None else float(one) for one in found]


def _draw_sided(
    svg: Element, option: Mapping[str, Any], series: Sequence[Mapping[str, Any]]
) -> None:
    names = [str(one) for one in option["xAxis"]["data"]]
    if not names or not series:
        return
    values = [_values(one) for one in series]
    bars = [at for at, one in enumerate(series) if one["type"] == "bar"]
    stacked = [at for at in bars if series[at].get("stack")]
    sums = [
        sum(max(values[at][n] or 0, 0) for at in stacked if n < len(values[at]))
        for n in range(len(names))
    ]
    flat = [v for one in values for v in one if v is not None]
    scale = _Scale(min([0.0, *flat]), max([0.0, *flat, *(sums if stacked else ())]))
    _draw_grid(svg, scale)
    step = (WIDTH - LEFT - RIGHT) / len(names)
    _draw_names(svg, names, step)
    beside = [at for at in bars if at not in stacked]
    for at in beside:
        width = 0.7 * step / len(beside)
        place = beside.index(at)
        for n, value in enumerate(values[at]):
            x = LEFT + n * step + 0.15 * step + place * width
            _bar(svg, scale, (x, width), (0.0, value or 0.0), _color(series, at))
    heights = [0.0] * len(names)
    for at in stacked:
        for n, value in enumerate(values[at]):
            base, heights[n] = heights[n], heights[n] + (value or 0.0)
            x = LEFT + (n + 0.15) * step
            _bar(svg, scale, (x, 0.7 * step), (base, heights[n]), _color(series, at))
    for at, one in enumerate(series):
        if one["type"] == "line":
            _line(svg, scale, step, values[at], _color(series, at), one)
    if len(series) > 1:
        _draw_legend(
            svg,
            [(str(one["name"]), _color(series, at)) for at, one in enumerate(series)],
        )


class _Scale:
    """Where values stand between the lowest and the highest line."""

    def __init__(self, low: float, high: float) -> None:
        span = (high - low) or 1.0
        power = 10.0 ** int(log10(span / 4) // 1)
        self.step = next(s * power for s in _STEPS if s * power >= span / 4)
        self.low = -self.step * -(-abs(low) // self.step) if low < 0 else 0.0
        self.high = self.step * max(-(-high // self.step), 1.0)

    def y(self, value: float) -> float:
        share = (value - self.low) / (self.high - self.low)
        return HEIGHT - BOTTOM - share * (HEIGHT - TOP - BOTTOM)

    def lines(self) -> Iterator[float]:
        value = self.low
        while value <= self.high + self.step / 2:
            yield value
            value += self.step


def _draw_grid(svg: Element, scale: _Scale) -> None:
    for value in scale.lines():
        y = scale.y(value)
        _add(svg, "line", x1=LEFT, x2=WIDTH - RIGHT, y1=y, y2=y, stroke=LINE)
        _text(svg, _short(value, scale.step), LEFT - 6, y + 3.5, "end")


def _draw_names(svg: Element, names: Sequence[str], step: float) -> None:
    every = -(-len(names) // _MOST_TICKS)
    room = max(2, int(every * step / 7))
    for n in range(0, len(names), every):
        name = names[n] if len(names[n]) <= room else f"{names[n][: room - 1]}…"
        _text(svg, name, LEFT + (n + 0.5) * step, HEIGHT - 8, "middle")


def _bar(
    svg: Element,
    scale: _Scale,
    across: tuple[float, float],
    span: tuple[float, float],
    color: str,
) -> None:
    top, foot = scale.y(max(span)), scale.y(min(span))
    x, width = across
    _add(svg, "rect", x=x, y=top, width=width, height=foot - top, fill=color)


def _line(
    svg: Element,
    scale: _Scale,
    step: float,
    values: Sequence[float | None],
    color: str,
    series: Mapping[str, Any],
) -> None:
    points, pen = [], "M"
    for n, value in enumerate(values):
        if value is None:
            pen = "M"
            continue
        points.append(f"{pen}{LEFT + (n + 0.5) * step:.1f} {scale.y(value):.1f}")
        pen = "L"
    look = {
        "d": " ".join(points),
        "fill": "none",
        "stroke": color,
        "stroke-width": "1.6",
    }
    kind = series.get("lineStyle", {}).get("type")
    if series.get("look") == "before" or kind:
        look["stroke-dasharray"] = "2 2" if kind == "dotted" else "5 3"
    SubElement(svg, "path", look)


def _draw_ring(svg: Element, parts: Sequence[Mapping[str, Any]]) -> None:
    known = [(str(one["name"]), max(float(one["value"] or 0), 0)) for one in parts]
    whole = sum(value for _name, value in known) or 1.0
    x, y, outer, inner = WIDTH * 0.25, HEIGHT / 2, 92.0, 56.0
    turned = 0.0
    for at, (name, value) in enumerate(known):
        color = COLORS[at] if at < len(COLORS) else PALE
        share = value / whole
        # A whole circle would begin where it ends, and nothing would be drawn.
        _slice(
            svg, (x, y), (outer, inner), (turned, turned + min(share, 0.9999)), color
        )
        turned += share
        top = y - 9 * len(known) + 18 * at + 9
        _add(
            svg, "rect", x=WIDTH * 0.52, y=top - 8, width=9, height=9, rx=2, fill=color
        )
        told = f"{name}  {100 * share:.1f}%  {_short(value, value)}"
        _text(svg, told, WIDTH * 0.52 + 15, top, "start")


def _slice(
    svg: Element,
    middle: tuple[float, float],
    radii: tuple[float, float],
    turn: tuple[float, float],
    color: str,
) -> None:
    (x, y), (outer, inner) = middle, radii

    def at(radius: float, share: float) -> str:
        angle = 2 * pi * share - pi / 2
        return f"{x + radius * cos(angle):.2f} {y + radius * sin(angle):.2f}"

    large = int(turn[1] - turn[0] > 0.5)
    path = (
        f"M{at(outer, turn[0])} A{outer:g} {outer:g} 0 {large} 1 {at(outer, turn[1])} "
        f"L{at(inner, turn[1])} A{inner:g} {inner:g} 0 {large} 0 {at(inner, turn[0])} Z"
    )
    _add(svg, "path", d=path, fill=color, stroke="#fff")


def _draw_heat(
    svg: Element, option: Mapping[str, Any], cells: Sequence[Mapping[str, Any]]
) -> None:
    across, down = (
        [str(one) for one in option[axis]["data"]] for axis in ("xAxis", "yAxis")
    )
    if not across or not down:
        return
    left = LEFT + 40
    width, height = (WIDTH - left - RIGHT) / len(across), (HEIGHT - 30) / len(down)
    highest = max((float(one["value"][2] or 0) for one in cells), default=0.0) or 1.0
    for one in cells:
        x, y, value = one["value"]
        depth = max(float(value or 0), 0) / highest
        _add(
            svg,
            "rect",
            x=left + x * width + 0.5,
            y=HEIGHT - 22 - (y + 1) * height,
            width=width - 1,
            height=height - 1,
            fill=COLORS[0],
            **{"fill-opacity": 0.04 + 0.9 * depth},
        )
    every = -(-len(across) // _MOST_TICKS)
    for n in range(0, len(across), every):
        _text(svg, across[n], left + (n + 0.5) * width, HEIGHT - 8, "middle")
    for n, name in enumerate(down):
        told = name if len(name) <= 9 else f"{name[:8]}…"
        _text(svg, told, left - 6, HEIGHT - 22 - (n + 0.5) * height + 3.5, "end")


def _draw_legend(svg: Element, entries: Sequence[tuple[str, str]]) -> None:
    x = LEFT
    for name, color in entries:
        _add(svg, "circle", cx=x + 4, cy=11, r=4, fill=color)
        _text(svg, name, x + 12, 14.5, "start")
        x += 26 + sum(10.0 if ord(sign) > 0x2E80 else 6.0 for sign in name)


def _color(series: Sequence[Mapping[str, Any]], at: int) -> str:
    return PALE if series[at].get("look") == "before" else COLORS[at % len(COLORS)]


def _short(value: float, step: float) -> str:
    """Return a value of an axis: its digits only as far as the lines are apart."""
    if abs(step) >= 1 or not value:
        return short(Decimal(round(value)))
    return f"{value:.2f}".rstrip("0").rstrip(".")


def _text(svg: Element, text: str, x: float, y: float, anchor: str) -> None:
    one = _add(svg, "text", x=x, y=y, fill=INK, **{"text-anchor": anchor})
    one.text = text


def _add(svg: Element, tag: str, **looks: Any) -> Element:
    told = {
        name: f"{value:.2f}" if isinstance(value, float) else str(value)
        for name, value in looks.items()
    }
    return SubElement(svg, tag, told)
