"""Charts keep up with their boxes: a network that is hidden, resized and shown again."""

import re

import pytest
from playwright.sync_api import Browser, expect

from tests.journeys.conftest import House
from tests.journeys.test_story import Teller

pytestmark = pytest.mark.journey
BOX = ".cu-network"
# As a tab does that is not the one looked at.
HIDE = "box => { box.parentElement.hidden = true }"
SHOW = "box => { box.parentElement.hidden = false }"


@pytest.fixture(scope="module")
def teller(house: House, browser: Browser) -> Teller:
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    teller = Teller(house, context)
    teller.sign_in(*house.login())
    return teller


def enter(teller: Teller, name: str) -> None:
    teller.go("/customers/new/")
    teller.page.fill("[name=name]", name)
    teller.page.locator("form .btn-primary").first.click()
    teller.page.wait_for_url(re.compile(r"/customers/\d+/$"))


def test_given_a_hidden_network_when_the_window_changes_then_nothing_breaks(
    teller: Teller,
) -> None:
    page = teller.page
    enter(teller, "华东家居")
    enter(teller, "王芳")
    page.locator("[data-dialog][href*='/relations/']").first.click()
    dialog = page.locator("#dialog")
    dialog.locator("[name=who]").fill("华东家居")
    dialog.get_by_role("radio").first.check()
    dialog.locator("form .btn-primary").click()
    expect(page.locator(".cu-related")).to_contain_text("华东家居")
    teller.go(f"{re.sub(r'^https?://[^/]+', '', page.url)}network/")
    box, canvas = page.locator(BOX), page.locator(f"{BOX} canvas")
    expect(canvas).to_be_visible()
    wide = canvas.bounding_box()
    box.evaluate(HIDE)
    page.set_viewport_size({"width": 390, "height": 844})
    page.wait_for_timeout(300)
    page.set_viewport_size({"width": 800, "height": 600})
    box.evaluate(SHOW)
    expect(canvas).to_be_visible()
    page.wait_for_function(
        "([box]) => Math.abs(document.querySelector(box).clientWidth"
        " - document.querySelector(box + ' canvas').clientWidth) < 2",
        arg=[BOX],
    )
    narrow = canvas.bounding_box()
    assert wide is not None
    assert narrow is not None
    assert narrow["width"] < wide["width"]
    box.evaluate("box => box.remove()")
    page.set_viewport_size({"width": 1440, "height": 900})
    page.wait_for_timeout(300)
    assert teller.problems == []
