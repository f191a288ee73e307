"""The gallery draws every piece, and no piece carries inline script or style."""

import re
from inspect import unwrap
from pathlib import Path

import pytest
from django.test import RequestFactory
from django.utils.translation import override

import guanxi
from guanxi.config.assets import icon_names
from guanxi.foundation.gallery import gallery

PACKAGE = Path(guanxi.__file__).parent
INLINE = re.compile(r"<[^>]*\s(?:style|on[a-z]+)=", re.IGNORECASE)
USED_ICON = re.compile(r"""\bicon[ =]["']([a-z0-9-]+)["']""")


def drawn(piece: str = "") -> str:
    """Return the gallery in Chinese."""
    request = RequestFactory().get("/ui/", {"piece": piece})
    vars(request)["csp_nonce"] = "n0nce"
    with override("zh-hans"):
        content: bytes = unwrap(gallery)(request).content  # who is let in: the doors
        return content.decode()


@pytest.mark.parametrize("piece", ["", "dialog", "gate"])
def test_pieces_are_drawn_without_inline_script_or_style(piece: str) -> None:
    assert not INLINE.search(drawn(piece))


def test_given_chinese_then_a_page_has_no_english_heading() -> None:
    headings = re.findall(r"<h[1-3][^>]*>(?:<svg.*?</svg>)?([^<]+)", drawn())
    assert [h for h in headings if re.fullmatch(r"[A-Za-z ,.]+", h.strip())] == []


def test_every_icon_in_use_is_in_the_sprite() -> None:
    files = [*PACKAGE.rglob("*.html"), *PACKAGE.rglob("*.py")]
    used = {n for f in files for n in USED_ICON.findall(f.read_text("utf-8"))}
    listed = {name.removeprefix("outline/") for name in icon_names()}
    assert used - listed == set()
