"""How the invented company looks after customers' data: duties, and reviewed accesses."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from random import Random

from guanxi.config.demo_data.company import Staff
from guanxi.foundation.actor import System
from guanxi.identity.commands.duty import (
    DutyFacts,
    Evidence,
    create_duty,
    record_fulfilments,
)
from guanxi.identity.models import AccessDay, Duty, User
from guanxi.identity.rules.access_day import LEAST_RECORDS, is_outlier, usual
from guanxi.identity.rules.duty import DutyKind, Gate

DAYS = 28
# Not looked into yet.
WAITING_DAYS = 3
# Who is behind with the training, and who took out far more than usual.
LATE, GREEDY = "he", "zhao"
_LOOKERS = ("zhou", "chen", "zhao", "ouyang", "sun", "xu")
_REMARK = "已与本人核对，均为日常跟进。"
_DUTIES = (
    (
        DutyKind.DOCUMENT,
        DutyFacts(title="客户信息保密制度（演示）", gate=Gate.FLAG, days=14),
        "不外传客户信息；不在个人设备上保存客户名单；导出须说明用途；发现泄露立即报告。",
        Evidence(done_on=date.min),
    ),
    (
        DutyKind.TRAINING,
        DutyFacts(title="年度信息安全培训（演示）", gate=Gate.FLAG, days=30, months=12),
        "识别钓鱼邮件、保管密码与令牌、打码与查看明文的规则、电脑杀毒。考试 80 分合格。",
        Evidence(done_on=date.min, result="合格"),
    ),
    (
        DutyKind.AGREEMENT,
        DutyFacts(title="员工保密协议（演示）", gate=Gate.FLAG, days=7, months=36),
        "在职及离职后三年内，对客户信息负有保密义务。",
        Evidence(done_on=date.min, place="人事档案柜 1-3"),
    ),
)
TITLES = [facts.title for _kind, facts, _text, _evidence in _DUTIES]


def write_duties(by: System, staff: Staff, *, today: date, at: datetime) -> None:
    """Set down three duties, which all but one colleague have fulfilled."""
    begun, done = today - timedelta(days=60), today - timedelta(days=45)
    late = staff[LATE]
    User.objects.filter(pk__in=[u.pk for u in staff.people.values()]).update(
        created_at=at - timedelta(days=400)
    )
    for kind, facts, text, evidence in _DUTIES:
        duty = create_duty(by, kind, facts, text=text, effective_on=begun, at=at)
        people = list(User.objects.active())
        if kind is DutyKind.TRAINING:
            people.remove(late)
        record_fulfilments(by, duty, people, replace(evidence, done_on=done), at=at)


def write_access_days(
    random: Random, staff: Staff, *, today: date, at: datetime
) -> None:
    """Count what colleagues looked at in four weeks; the manager reviewed most of it."""
    rows = list(_days(random, staff, today))
    own: dict[int, list[int]] = {}
    for row in rows:
        peers = [r.records for r in rows if r.day == row.day and r is not row]
        known = usual(own.get(row.user_id, []), peers)
        row.usual, row.peers = known.own, known.peers
        row.is_outlier = is_outlier(row.records, known, LEAST_RECORDS)
        own.setdefault(row.user_id, []).append(row.records)
        if row.day < today - timedelta(days=WAITING_DAYS):
            row.is_reviewed, row.remark = True, _REMARK if row.is_outlier else ""
            row.reviewed_by, row.reviewed_at = staff["lin"], at
    AccessDay.objects.bulk_create(rows)


def remove_duties() -> None:
    """Remove the invented duties and who fulfilled them."""
    Duty.objects.filter(title__in=TITLES).delete()


def _days(random: Random, staff: Staff, today: date) -> Iterator[AccessDay]:
    """Yield the days before ``today``, the oldest first."""
    for day in _working_days(today):
        for key in _LOOKERS:
            is_greedy = key == GREEDY and day == _working_days(today)[-1]
            yield AccessDay(
                user=staff[key],
                day=day,
                views=random.randint(8, 18),
                reveals=random.randint(0, 4),
                exports=int(is_greedy),
                records=random.randint(24, 60) + 620 * is_greedy,
            )


def _working_days(today: date) -> Sequence[date]:
    days = [today - timedelta(days=back) for back in range(DAYS, 0, -1)]
    return [day for day in days if day.weekday() < 5]
