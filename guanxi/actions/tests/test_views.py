"""The pages of actions, as each of the three sees them."""

import re
from datetime import date

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from guanxi.actions.models import ActionMessage, Task
from guanxi.actions.tests.conftest import Scene
from guanxi.actions.tests.factories import make_message, make_task
from guanxi.foundation.actor import Depth, Level
from guanxi.foundation.clock import now
from guanxi.foundation.models import Access
from guanxi.identity.models import User
from guanxi.identity.tests.factories import make_administrator, make_role, make_user
from tests.callers import Program, token_of

pytestmark = pytest.mark.django_db


def page(user: User, name: str, *args: object, **query: str) -> tuple[int, str]:
    client = Client()
    client.force_login(user)
    response = client.get(reverse(name, args=args), query)
    return response.status_code, response.content.decode()


def post(user: User, name: str, *args: object, **values: str) -> int:
    client = Client()
    client.force_login(user)
    return client.post(reverse(name, args=args), values).status_code


def test_given_messages_when_home_is_opened_then_the_owner_sees_why_and_what(
    scene: Scene,
) -> None:
    make_message(scene.customer)
    status, html = page(scene.owner, "actions:home")
    assert status == 200
    assert "欧阳雪婷" in html
    assert "已 90 天未下单；平时约每 30 天购买一次，累计 12 单、¥8,000.00。" in html
    assert "请亲自致电，了解有何变化。" in html


def test_given_messages_of_others_when_home_is_opened_then_a_stranger_sees_none(
    scene: Scene,
) -> None:
    make_message(scene.customer)
    status, html = page(scene.stranger, "actions:home", scope="all")
    assert status == 200
    assert "欧阳雪婷" not in html
    assert "暂无需要关注的事项" in html


def test_given_nothing_of_ones_own_when_home_is_opened_then_the_visible_ones_show(
    scene: Scene,
) -> None:
    make_message(scene.customer)
    assert "欧阳雪婷" in page(scene.colleague, "actions:home")[1]
    assert "欧阳雪婷" not in page(scene.colleague, "actions:home", scope="mine")[1]


def test_given_many_messages_when_home_is_paged_then_each_stands_on_one_page(
    scene: Scene,
) -> None:
    for number in range(45):
        make_message(
            scene.customer, object_kind="order", object_id=number, score=50 + number % 3
        )
    seen: list[str] = []
    start = ""
    for _page in range(3):
        html = page(scene.owner, "actions:home", scope="mine", **{"from": start})[1]
        seen += [part.split("/")[0] for part in html.split('href="/messages/')[1:]]
        mark = re.search(r'hx-get="[^"]*from=([\d-]+)"', html)
        start = mark[1] if mark else ""
    numbers = {number for number in seen if number.isdigit()}
    assert len(numbers) == 45


def test_given_more_rows_when_home_is_opened_then_it_costs_no_more_queries(
    scene: Scene, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    client = Client()
    client.force_login(scene.owner)
    make_message(scene.customer)
    client.get("/?scope=mine")
    with django_assert_num_queries(6):
        client.get("/?scope=mine")
    for number in range(15):
        make_message(scene.customer, object_kind="order", object_id=number)
        make_task(scene.customer)
    with django_assert_num_queries(6):
        client.get("/?scope=mine")


@pytest.mark.parametrize(
    ("name", "values", "state"),
    [
        ("actions:contact", {"outcome": "reached", "note": "好"}, "done"),
        ("actions:draft", {"text": "您好"}, "done"),
        ("actions:dismissal", {"reason": "known"}, "dismissed"),
    ],
)
def test_given_a_message_when_a_dialog_is_sent_then_it_is_settled(
    scene: Scene, name: str, values: dict[str, str], state: str
) -> None:
    message = make_message(scene.customer)
    assert page(scene.owner, name, message.pk)[0] == 200
    assert post(scene.colleague, name, message.pk, **values) == 403
    assert post(scene.stranger, name, message.pk, **values) == 404
    assert ActionMessage.objects.get().state == "open"
    assert post(scene.owner, name, message.pk, **values) == 302
    assert ActionMessage.objects.get().state == state
    assert post(scene.owner, "actions:reopening", message.pk) == 302
    assert ActionMessage.objects.get().state == "open"


def test_given_a_settled_message_when_a_dialog_is_sent_then_the_form_says_so(
    scene: Scene,
) -> None:
    message = make_message(scene.customer, state="closed", closed_at=now())
    client = Client()
    client.force_login(scene.owner)
    url = reverse("actions:dismissal", args=[message.pk])
    response = client.post(url, {"reason": "known"})
    assert response.status_code == 422
    assert "已有同事处理过" in response.content.decode()


def test_given_a_customer_when_panels_are_asked_then_open_things_show(
    scene: Scene,
) -> None:
    make_message(scene.customer)
    make_task(scene.customer)
    status, html = page(scene.owner, "actions:of_customer", scene.customer.pk)
    assert (status, "重要客户久未下单" in html) == (200, True)
    status, html = page(scene.owner, "actions:tasks_of", scene.customer.pk)
    assert (status, "回访" in html) == (200, True)
    assert page(scene.stranger, "actions:tasks_of", scene.customer.pk)[0] == 404


def test_given_no_message_when_the_panel_is_asked_then_the_next_task_shows(
    scene: Scene,
) -> None:
    make_task(scene.customer)
    html = page(scene.owner, "actions:of_customer", scene.customer.pk)[1]
    assert re.search("下一步：.*回访", html)


def test_given_an_empty_house_when_home_is_opened_then_it_says_how_to_begin(
    scene: Scene,
) -> None:
    assert "从你的客户和订单开始" in page(make_administrator(), "actions:home")[1]
    assert "从你的客户和订单开始" not in page(scene.stranger, "actions:home")[1]


def test_given_a_task_when_done_then_it_leaves_the_list(scene: Scene) -> None:
    task = make_task(scene.customer)
    assert post(scene.colleague, "actions:completion", task.pk) == 403
    assert post(scene.owner, "actions:completion", task.pk) == 302
    assert Task.objects.get().state == "done"


def test_given_the_lists_when_opened_then_rows_stand_in_them(scene: Scene) -> None:
    make_message(scene.customer)
    make_task(scene.customer)
    for name in ("actions:messages", "actions:tasks"):
        status, html = page(scene.owner, name)
        assert (status, "欧阳雪婷" in html) == (200, True)


def test_given_a_name_when_searched_then_only_its_messages_are_listed(
    scene: Scene,
) -> None:
    make_message(scene.customer)
    assert "欧阳雪婷" in page(scene.owner, "actions:messages", q="oyxt")[1]
    assert "没有" in page(scene.owner, "actions:messages", q="张伟")[1]


def test_given_chosen_messages_when_dismissed_together_then_each_is_settled(
    scene: Scene,
) -> None:
    first, second = (
        make_message(scene.customer),
        make_message(scene.customer, object_kind="order", object_id=7),
    )
    keys = {"action": "dismiss", "pk": str(first.pk)}
    assert post(scene.colleague, "actions:messages", **keys) == 403
    assert post(scene.owner, "actions:messages", **keys) == 302
    states = ActionMessage.objects.order_by("pk").values_list("state", flat=True)
    assert list(states) == ["dismissed", "open"]
    assert second.state == "open"


def test_given_messages_dismissed_together_when_undone_then_they_are_open_again(
    scene: Scene,
) -> None:
    message = make_message(scene.customer)
    client = Client()
    client.force_login(scene.owner)
    address = reverse("actions:messages")
    client.post(address, {"action": "dismiss", "pk": str(message.pk)})
    toast = next(iter(client.get(address).context["messages"]))
    assert client.post(toast.extra_tags).status_code == 302
    message.refresh_from_db()
    assert message.state == "open"


def test_given_chosen_tasks_when_completed_together_then_each_is_done(
    scene: Scene,
) -> None:
    first, second = make_task(scene.customer), make_task(scene.customer)
    keys = {"action": "complete", "pk": str(first.pk)}
    assert post(scene.colleague, "actions:tasks", **keys) == 403
    assert post(scene.owner, "actions:tasks", **keys) == 302
    states = dict(Task.objects.values_list("pk", "state"))
    assert states == {first.pk: "done", second.pk: "open"}


def test_given_a_colleague_who_cannot_see_the_customer_when_passed_on_then_refused(
    scene: Scene,
) -> None:
    message = make_message(scene.customer)
    rights = ("action_message.read", "action_message.assign", "customer.read")
    role = make_role(dict.fromkeys((*rights, "user.read"), Depth.ALL))
    leader = make_user(roles=[role])
    client = Client()
    client.force_login(leader)
    address = reverse("actions:assignment", args=[message.pk])
    name = scene.stranger.name
    refused = client.post(address, {"assignee": scene.stranger.pk})
    assert refused.status_code == 422
    told = f"{name} 看不到这位客户。请先把客户分配给 {name}，或选择看得到该客户的同事。"
    assert told in refused.content.decode()
    program = Program(token_of(leader))
    where = f"/action-messages/{message.pk}/assignee"
    answer = program.send("POST", where, {"assignee": scene.stranger.pk})
    assert (answer.status_code, answer.json()["code"]) == (400, "blind_assignee")
    message.refresh_from_db()
    assert message.assignee == scene.owner
    assert client.post(address, {"assignee": scene.colleague.pk}).status_code == 302


def test_given_a_colleague_who_cannot_see_the_customer_then_no_task_is_planned(
    scene: Scene,
) -> None:
    rights = ("task.create", "task.read", "customer.read", "user.read")
    leader = make_user(roles=[make_role(dict.fromkeys(rights, Depth.ALL))])
    asked = {
        "customer": scene.customer.pk,
        "kind": "call",
        "title": "回访",
        "due_on": "2026-03-09",
    }
    program = Program(token_of(leader))
    blind = program.send("POST", "/tasks", {**asked, "assignee": scene.stranger.pk})
    assert (blind.status_code, blind.json()["code"]) == (400, "blind_assignee")
    assert not Task.objects.filter(title="回访").exists()
    made = program.send("POST", "/tasks", {**asked, "assignee": scene.colleague.pk})
    assert made.status_code == 201


def test_given_a_priority_when_clicked_then_it_explains_itself(scene: Scene) -> None:
    message = make_message(scene.customer, score=64)
    address = reverse("actions:priority", args=[message.pk])
    assert address in page(scene.owner, "actions:message", message.pk)[1]
    assert address in page(scene.owner, "actions:messages")[1]
    told = page(scene.owner, "actions:priority", message.pk)[1]
    assert "紧急 2 × 重要 3 × 10 + 涉及金额 4 分 = 64，最高 100 分。" in told
    assert "沉默时间达到允许时长的两倍为 3，达到一倍半为 2，其余为 1。" in told
    assert "¥8,000.00" in told
    assert "数据截至 2026年3月2日。" in told
    assert page(scene.stranger, "actions:priority", message.pk)[0] == 404
    levels = {"customer.order_total": Level.HIDDEN}
    reading = dict.fromkeys(("action_message.read", "customer.read"), Depth.ALL)
    blind = make_user(roles=[make_role(reading, levels)])
    assert "8,000" not in page(blind, "actions:priority", message.pk)[1]


def test_given_tasks_when_listed_then_the_open_one_due_next_stands_first(
    scene: Scene,
) -> None:
    make_task(scene.customer, title="上月已做完", due_on=date(2026, 2, 2), state="done")
    make_task(scene.customer, title="月底拜访", due_on=date(2026, 3, 31))
    make_task(scene.customer, title="明天回电", due_on=date(2026, 3, 3))
    html = page(scene.owner, "actions:tasks")[1]
    program = Program(token_of(scene.owner))
    answer = program.get("/tasks").json()
    titles = ["明天回电", "月底拜访", "上月已做完"]
    assert sorted(titles, key=html.index) == titles
    assert [item["title"] for item in answer["items"]] == titles
    first = program.get("/tasks", size=1).json()
    second = program.get("/tasks", size=2, after=first["next"]).json()
    assert [item["title"] for item in second["items"]] == titles[1:]


def test_given_a_call_to_make_then_the_number_stands_there_and_the_sight_is_noted(
    scene: Scene,
) -> None:
    scene.customer.phone = "+8613800138000"
    scene.customer.save()
    message = make_message(scene.customer)
    doings = ("action_message.read", "action_message.act", "customer.read")
    role = make_role(dict.fromkeys(doings, Depth.ALL), {"customer.phone": Level.MASKED})
    masked = page(make_user(roles=[role]), "actions:contact", message.pk)[1]
    assert "138****8000" in masked
    assert "tel:" not in masked
    assert not Access.objects.exists()
    clear = page(make_administrator(), "actions:contact", message.pk)[1]
    assert 'href="tel:+8613800138000"' in clear
    assert "138 0013 8000" in clear
    assert Access.objects.get().fields == ["phone"]


def test_given_somebody_who_only_reads_then_nothing_to_do_is_offered(
    scene: Scene,
) -> None:
    make_message(scene.customer)
    role = make_role({"action_message.read": Depth.ALL, "customer.read": Depth.ALL})
    for user, is_offered in ((make_user(roles=[role]), False), (scene.owner, True)):
        html = page(user, "actions:home", scope="all")[1]
        assert "欧阳雪婷" in html
        assert ("/contact/" in html) is is_offered
        assert ("/dismissal/" in html) is is_offered
