"""Invented notes and plans, some of them in conflict, as in any house."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from random import Random

from guanxi.actions.events import TaskPlanned
from guanxi.actions.models import Task
from guanxi.actions.rules import TaskKind, TaskState
from guanxi.config.demo_data.orders import Sale
from guanxi.config.demo_data.parties import Party
from guanxi.config.demo_data.store import copy_events, copy_objects, reserve_ids
from guanxi.customers.events import NoteAdded
from guanxi.customers.models import Note
from guanxi.foundation.events import Event
from guanxi.identity.models import User
from guanxi.sales.rules.order import PaymentState

# One note for so many customers, and one task for so many buyers.
CUSTOMERS_A_NOTE = 5
BUYERS_A_TASK = 12
_NOTES = (
    "电话沟通，客户对浅色系布艺沙发感兴趣，约周末到店看样。",
    "客户反馈送货师傅态度很好，安装也快。",
    "希望年底前完成样板间更换，预算待确认。",
    "提到同行报价低一成，强调了我们的质保和安装服务。",
    "需要开增值税专用发票，开票资料已收到。",
    "新店明年三月开业，预计需要二十套餐桌椅。",
    "客户搬家，地址以后再更新。",
    "说最近项目少，下个季度再看。",
    "已发送新品目录，客户会转给设计师。",
    "对到货时间不太满意，已道歉并说明原因。",
    "老客户介绍来的朋友，想看看床垫。",
    "询问会员日活动时间，答应提前通知。",
    "现场测量完成，窗帘尺寸已记录。",
    "采购负责人换了，新联系人稍后给。",
)
_TITLES = {
    TaskKind.CALL: ("回访使用感受", "确认补货计划", "了解近期项目"),
    TaskKind.VISIT: ("上门看现场", "拜访并带样品", "年度合作面谈"),
    TaskKind.MAIL: ("发送新品目录", "发送报价单", "发送合同样本"),
    TaskKind.OTHER: ("准备样品", "整理开票资料"),
}


def write_notes(random: Random, parties: Sequence[Party], now: datetime) -> None:
    """Write remarks on customers, spread over the last half year."""
    chosen = random.choices(parties, k=len(parties) // CUSTOMERS_A_NOTE)
    notes = []
    for pk, party in zip(reserve_ids(Note, len(chosen)), chosen, strict=True):
        age = timedelta(minutes=random.randint(60, 180 * 24 * 60))
        notes.append(
            Note(
                pk=pk,
                customer_id=party.customer.pk,
                author_id=party.owner.pk,
                text=random.choice(_NOTES),
                written_at=max(now - age, party.customer.created_at),
            )
        )
    copy_objects(Note, notes)
    copy_events(
        (
            NoteAdded(
                customer_id=note.customer_id, note_id=note.pk, at=note.written_at
            ),
            party.owner,
        )
        for note, party in zip(notes, chosen, strict=True)
    )


def write_tasks(
    random: Random,
    parties: Sequence[Party],
    sales: Sequence[Sale],
    *,
    today: date,
    now: datetime,
) -> None:
    """Write open and done tasks, among them doubles and some planned too late."""
    buyers = [party for party in parties if party.days]
    busy = random.sample(buyers, len(buyers) // BUYERS_A_TASK)
    tasks = [
        *(_ordinary(random, party, today, now) for party in busy),
        *_doubles(random, buyers, today, now),
        *_late_reminders(random, sales, today, now),
        *_early_follow_ups(random, sales, today, now),
    ]
    for pk, task in zip(reserve_ids(Task, len(tasks)), tasks, strict=True):
        task.pk = pk
    copy_objects(Task, tasks)
    people = {party.owner.pk: party.owner for party in parties}
    copy_events([_planned(task, people) for task in tasks])


def _ordinary(random: Random, party: Party, today: date, now: datetime) -> Task:
    kind = random.choice(list(_TITLES))
    days = random.randint(-25, 20)
    task = _task(
        party, kind, random.choice(_TITLES[kind]), today + timedelta(days), now
    )
    task.created_at = now - timedelta(days=max(-days, 0) + random.randint(1, 9))
    if days < 0 and random.random() < 0.85:
        task.state = TaskState.DONE
        task.done_at = now - timedelta(days=-days, hours=-random.randint(0, 5))
    return task


def _doubles(
    random: Random, buyers: Sequence[Party], today: date, now: datetime
) -> Iterator[Task]:
    """Yield pairs of calls to one customer within two days."""
    for party in random.sample(buyers, 6):
        due_on = today + timedelta(days=random.randint(1, 5))
        yield _task(party, TaskKind.CALL, "回访使用感受", due_on, now)
        yield _task(party, TaskKind.CALL, "电话回访", due_on + timedelta(days=1), now)


def _late_reminders(
    random: Random, sales: Sequence[Sale], today: date, now: datetime
) -> Iterator[Task]:
    """Yield reminders planned for well after the day on which the payment is due."""
    unpaid = [
        sale
        for sale in sales
        if sale.deal.payment_state is PaymentState.UNPAID
        and sale.deal.cancelled_at is None
        and sale.deal.due_on >= today
    ]
    for sale in random.sample(unpaid, min(4, len(unpaid))):
        due_on = sale.deal.due_on + timedelta(days=6)
        task = _task(sale.party, TaskKind.PAYMENT, "提醒付款", due_on, now)
        task.order_id = sale.order.pk
        yield task


def _early_follow_ups(
    random: Random, sales: Sequence[Sale], today: date, now: datetime
) -> Iterator[Task]:
    """Yield delivery follow-ups planned before the goods leave the house."""
    waiting = [
        sale
        for sale in sales
        if sale.deal.shipped_at is None
        and sale.deal.cancelled_at is None
        and sale.deal.ship_on > today + timedelta(days=2)
    ]
    for sale in random.sample(waiting, min(4, len(waiting))):
        due_on = sale.deal.ship_on - timedelta(days=1)
        task = _task(sale.party, TaskKind.DELIVERY, "回访送货安装", due_on, now)
        task.order_id = sale.order.pk
        yield task


def _task(
    party: Party, kind: TaskKind, title: str, due_on: date, now: datetime
) -> Task:
    return Task(
        customer_id=party.customer.pk,
        kind=kind,
        title=title,
        due_on=due_on,
        assignee_id=party.owner.pk,
        team_id=party.owner.team_id,
        created_by_id=party.owner.pk,
        created_at=now - timedelta(days=1),
    )


def _planned(task: Task, people: dict[int, User]) -> tuple[Event, User | None]:
    planned = TaskPlanned(
        at=task.created_at,
        task_id=task.pk,
        customer_id=task.customer_id,
        task_kind=task.kind,
        due_on=task.due_on.isoformat(),
    )
    return planned, people.get(task.created_by_id or 0)
