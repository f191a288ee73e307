"""
The main job, in a browser: import, undo, import again, analyze, act, filter, share.

In Chinese first; then the same pages in English. A colleague of another team sees
nothing of it. No page may break its content security policy or throw.
"""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.journeys.conftest import House

FIXTURES = Path(__file__).resolve().parents[3] / "shared" / "fixtures"
ACCOUNTS = FIXTURES / "crm_maven" / "accounts.csv"
CDNOW = FIXTURES / "cdnow" / "CDNOW_sample.txt"
PASSWORD = "four-green-Teapots"
LAST_DAY = "1998-06-30"
LONG = 120_000

pytestmark = [
    pytest.mark.journey,
    pytest.mark.skipif(
        not CDNOW.exists(), reason="the story is told with ../shared/fixtures"
    ),
]


class Teller:
    """A person at the browser; remembers what went wrong beneath."""

    def __init__(self, house: House, context: BrowserContext) -> None:
        self.house = house
        self.page: Page = context.new_page()
        self.problems: list[str] = []
        self.page.on("pageerror", lambda error: self.problems.append(str(error)))
        self.page.on(
            "console",
            lambda message: (
                self.problems.append(message.text) if message.type == "error" else None
            ),
        )

    def go(self, path: str) -> None:
        self.page.goto(self.house.url + path)

    def sign_in(self, user: str, password: str) -> None:
        self.go("/accounts/login/")
        self.page.fill("input[name=login]", user)
        self.page.fill("input[name=password]", password)
        self.page.get_by_role("button", name=re.compile("^(登录|Sign in)$")).click()
        self.page.wait_for_url(re.compile(r"^(?!.*login)"))
        if "password" in self.page.url:
            self.choose_password()

    def choose_password(self) -> None:
        for box in self.page.locator("input[type=password]").all():
            box.fill(PASSWORD)
        self.page.locator("form .btn-primary").first.click()
        self.page.wait_for_url(re.compile(r"^(?!.*password)"))

    def upload(self, kind: str, file: Path) -> None:
        self.go(f"/imports/new/?kind={kind}")
        self.page.locator(f"[name=kind][value={kind}]").check()
        self.page.set_input_files("input[type=file]", file)
        self.page.get_by_role("button", name="上传并检查").click()
        start = self.page.get_by_role("button", name="开始导入")
        expect(start).to_be_visible(timeout=LONG)

    def start_import(self) -> None:
        self.page.get_by_role("button", name="开始导入").click()
        expect(self.page.get_by_role("link", name="查看列表")).to_be_visible(
            timeout=LONG
        )


@pytest.fixture(scope="module")
def admin(house: House, browser: Browser) -> Teller:
    context = browser.new_context(
        viewport={"width": 1440, "height": 900}, locale="zh-CN"
    )
    teller = Teller(house, context)
    teller.sign_in(*house.login())
    return teller


def test_1_customers_are_imported_with_a_preview(admin: Teller) -> None:
    admin.upload("customers", ACCOUNTS)
    expect(admin.page.get_by_text("85").first).to_be_visible()
    expect(admin.page.get_by_text("尚未写入").first).to_be_visible()
    admin.start_import()
    admin.go("/customers/?q=Acme")
    expect(admin.page.get_by_role("link", name="Acme Corporation")).to_be_visible()


def test_2_orders_are_imported_undone_and_imported_again(admin: Teller) -> None:
    admin.upload("orders", CDNOW)
    admin.start_import()
    admin.page.get_by_role("button", name="撤销导入").click()
    admin.page.locator("#confirm").get_by_role("button", name="撤销导入").click()
    expect(admin.page.get_by_text("已撤销").first).to_be_visible(timeout=LONG)
    admin.go("/sales/orders/")
    expect(admin.page.get_by_text("还没有订单")).to_be_visible()
    admin.upload("orders", CDNOW)
    admin.start_import()
    admin.go("/sales/orders/")
    expect(admin.page.locator("tbody tr").first).to_be_visible()


def test_3_the_analysis_fills_the_worklist(admin: Teller) -> None:
    admin.go("/insight/")
    admin.page.fill("input[name=as_of]", LAST_DAY)
    admin.page.get_by_role("button", name="立即分析").click()
    pyramid = admin.page.get_by_role("region", name="客户金字塔")
    expect(pyramid).to_be_visible(timeout=LONG)
    expect(pyramid).to_contain_text("24")  # one percent of 2,357, rounded up
    admin.go("/?scope=all")
    admin.page.wait_for_function(
        "() => document.querySelector('.work-line') || (location.reload(), false)",
        timeout=LONG,
        polling=3000,
    )
    expect(admin.page.get_by_text("重要客户久未下单").first).to_be_visible()


def test_4_a_customer_tells_why_and_acting_stands_on_the_timeline(
    admin: Teller,
) -> None:
    admin.go("/?scope=all")
    line = admin.page.locator(".work-line", has_text="重要客户久未下单").first
    customer = line.locator(".work-customer")
    address = customer.get_attribute("href") or ""
    line.get_by_role("link", name="电话").click()
    dialog = admin.page.locator("#dialog")
    dialog.get_by_label("已承诺下单或付款").check()
    dialog.get_by_role("button", name="记录通话").click()
    expect(admin.page.get_by_text("已记录通话")).to_be_visible()
    admin.go(address)
    expect(
        admin.page.get_by_text(
            "已处理“重要客户久未下单，已超出其购买节奏”：已承诺下单或付款"
        )
    ).to_be_visible()
    admin.page.locator("[data-dialog][href*='/why/']").first.click()
    expect(dialog.get_by_text("数据截至")).to_be_visible(timeout=LONG)


def test_5_who_belongs_together_is_drawn(admin: Teller) -> None:
    admin.go("/customers/?q=Acme")
    admin.page.get_by_role("link", name="Acme Corporation").click()
    admin.page.get_by_role("link", name="添加关系").click()
    dialog = admin.page.locator("#dialog")
    dialog.locator("[name=who]").fill("Betasoloin")
    dialog.get_by_role("radio").first.check()
    dialog.locator("form .btn-primary").click()
    expect(admin.page.locator(".cu-related")).to_contain_text("Betasoloin")
    expect(admin.page.locator("[data-chart] canvas")).to_be_visible()


def test_6_a_view_is_filtered_saved_shared_and_exported(admin: Teller) -> None:
    admin.go("/customers/?where=tier.in.(vital),life_stage.in.(stable,decline)")
    rows = admin.page.locator("tbody tr").count()
    assert rows > 0
    admin.page.locator(".ui-chips [data-dialog]").click()
    dialog = admin.page.locator("#dialog")
    dialog.locator("[name=name]").fill("重要老客户")
    dialog.locator("[name=is_shared]").check()
    dialog.get_by_role("button", name="保存视图").click()
    expect(admin.page.get_by_role("link", name="重要老客户")).to_be_visible()
    admin.page.get_by_role("button", name=re.compile("更多")).first.click()
    with admin.page.expect_download() as started:
        admin.page.get_by_role("menuitem", name="导出 CSV").click()
    lines = Path(started.value.path()).read_text("utf-8-sig").splitlines()
    assert len(lines) == rows + 1


def test_7_an_agent_of_another_team_sees_nothing_of_it(
    admin: Teller, browser: Browser
) -> None:
    admin.go("/settings/teams/new/")
    admin.page.locator("[name=name]").fill("西南团队")
    admin.page.locator("form .btn-primary").first.click()
    admin.go("/settings/people/new/")
    admin.page.locator("[name=username]").fill("agent.west")
    admin.page.locator("[name=name]").fill("西门庆生")
    admin.page.locator("[name=team]").select_option(label="西南团队")
    admin.page.locator("label", has_text="坐席").locator("input").check()
    for box in admin.page.locator("form [name*=password]").all():
        box.fill("one-blue-Kettle-77")
    admin.page.locator("form .btn-primary").first.click()
    context = browser.new_context(viewport={"width": 390, "height": 844})
    agent = Teller(admin.house, context)
    agent.sign_in("agent.west", "one-blue-Kettle-77")
    agent.go("/customers/")
    expect(agent.page.locator("tbody tr")).to_have_count(0)
    agent.go("/?scope=all")
    expect(agent.page.locator(".work-line")).to_have_count(0)
    assert agent.problems == []


def test_8_the_same_pages_speak_english(admin: Teller) -> None:
    admin.go("/")
    admin.page.locator("[popovertarget=language-menu]").click()
    admin.page.get_by_role("menuitemradio", name="English").click()
    admin.go("/?scope=all")
    expect(
        admin.page.get_by_role("heading", name="What needs you today")
    ).to_be_visible()
    for path in ("/customers/", "/sales/orders/", "/insight/", "/imports/"):
        admin.go(path)
        # What stands in rows and on tabs is what people wrote themselves.
        text = admin.page.evaluate(
            "() => [...document.querySelectorAll('main h1, main thead th,"
            " main .btn')].map((e) => e.innerText).join(' ')"
        )
        assert not re.search("[\u4e00-\u9fff]", text), path


def test_9_nothing_broke_beneath(admin: Teller) -> None:
    assert admin.problems == []
