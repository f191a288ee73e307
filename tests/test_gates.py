"""Who owes a training or an agreement finds protected data closed, at every door."""

from datetime import date, timedelta

import pytest
import time_machine
from django.test import Client
from django.utils.timezone import localdate

from guanxi.customers.commands.reveal import reveal_field
from guanxi.customers.models import Customer
from guanxi.customers.policies import CUSTOMER
from guanxi.customers.tests.factories import make_customer
from guanxi.foundation.actor import Depth, Level, System
from guanxi.foundation.clock import now
from guanxi.foundation.errors import Denied, NotVisible, Refused
from guanxi.foundation.models import LoggedEvent, Notice
from guanxi.foundation.policies import may
from guanxi.identity.commands.duty import (
    DutyFacts,
    Evidence,
    confirm_document,
    create_duty,
    publish_version,
    record_fulfilments,
    remind_lacking,
    save_duty,
    withdraw_fulfilment,
)
from guanxi.identity.models import Duty, Fulfilment, User
from guanxi.identity.models.rights import forget_rights
from guanxi.identity.rules.duty import Asked, DutyKind, Gate, Standing, owed
from guanxi.identity.tasks import remind_of_duties
from guanxi.identity.tests.factories import (
    make_administrator,
    make_role,
    make_team,
    make_user,
)
from tests.callers import token_of

pytestmark = pytest.mark.django_db
HOUSE = System("tests")
PHONE, MASKED = "138 0013 8000", "138****8000"
RIGHTS = dict.fromkeys(
    ("customer.read", "customer.reveal", "customer.export", "customer.edit"), Depth.TEAM
)


@pytest.fixture(autouse=True)
def _fresh() -> None:
    forget_rights()


@pytest.fixture
def agent() -> User:
    """Somebody who sees the customers of the team in clear."""
    return make_user("小赵", roles=[make_role(RIGHTS)], team=make_team())


@pytest.fixture
def customer(agent: User) -> Customer:
    """One of them."""
    return make_customer("王芳", phone="13800138000", owner=agent, team=agent.team)


def asks(kind: DutyKind = DutyKind.AGREEMENT, gate: Gate = Gate.BLOCK) -> Duty:
    """Let the house ask for something since a year ago."""
    return create_duty(
        HOUSE,
        kind,
        DutyFacts(title="保密协议", gate=gate, days=0, months=12),
        text="不外传客户信息。",
        effective_on=localdate() - timedelta(days=365),
        at=now(),
    )


def page(user: User, address: str) -> tuple[int, str]:
    """Return how a page answers, and what it says."""
    client = Client()
    client.force_login(user)
    answer = client.get(address)
    told = b"".join(answer) if answer.streaming else answer.content
    return answer.status_code, told.decode()


def again(user: User) -> User:
    """Return the user as the next request reads him."""
    return User.objects.get(pk=user.pk)


def test_given_no_agreement_then_every_door_covers_and_once_signed_the_next_opens(
    agent: User, customer: Customer
) -> None:
    here = f"/customers/{customer.pk}/"
    assert PHONE in page(agent, here)[1]
    token = token_of(agent)
    duty = asks()

    told = page(agent, here)[1]
    assert PHONE not in told
    assert MASKED in told
    assert "受保护的信息暂不对你开放" in told
    assert PHONE not in page(agent, "/customers/")[1]
    assert page(agent, "/customers/?export=csv")[0] == 403
    status, refusal = page(agent, f"{here}reveal/phone/")
    assert (status, "安全职责" in refusal) == (403, True)
    with pytest.raises(Denied):
        reveal_field(again(agent), customer, "phone", reason="回拨", at=now())
    answer = Client().get(
        f"/api/v1/customers/{customer.pk}",
        headers={"authorization": f"Bearer {token}"},
    )
    assert "13800138000" not in answer.content.decode()

    evidence = Evidence(done_on=localdate(), place="档案柜 3")
    record_fulfilments(HOUSE, duty, [agent], evidence, at=now())

    told = page(agent, here)[1]
    assert PHONE in told
    assert "受保护的信息暂不对你开放" not in told
    assert page(agent, "/customers/?export=csv")[0] == 200


def test_given_administrator_without_agreement_then_closed_to_him_too() -> None:
    admin = make_administrator()
    duty = asks()
    level = CUSTOMER.level(again(admin), "phone")
    assert level is Level.MASKED
    assert CUSTOMER.level(again(admin), "city") is Level.WRITE
    assert not may(again(admin), "customer.export")
    # He can mend it himself.
    record_fulfilments(
        again(admin), duty, [admin], Evidence(done_on=localdate()), at=now()
    )
    assert CUSTOMER.level(again(admin), "phone") is Level.WRITE


def test_given_flag_only_then_nothing_closes_and_a_banner_says_so(
    agent: User, customer: Customer
) -> None:
    asks(gate=Gate.FLAG)
    told = page(agent, f"/customers/{customer.pk}/")[1]
    assert PHONE in told
    assert "你有逾期事项：保密协议" in told


def test_given_new_version_or_end_of_validity_or_withdrawal_then_it_closes_again(
    agent: User,
) -> None:
    duty = asks()

    def level() -> Level:
        return CUSTOMER.level(again(agent), "phone")

    def sign() -> Fulfilment:
        evidence = Evidence(done_on=localdate())
        return record_fulfilments(HOUSE, duty, [agent], evidence, at=now())[0]

    signed = sign()
    assert signed.valid_until == localdate() + timedelta(days=365)
    assert level() is Level.WRITE
    withdraw_fulfilment(HOUSE, agent, signed.pk, at=now())
    assert level() is Level.MASKED
    sign()
    yesterday = localdate() - timedelta(days=1)
    publish_version(HOUSE, duty, text="新", effective_on=yesterday, at=now())
    assert level() is Level.MASKED
    sign()
    assert level() is Level.WRITE
    with time_machine.travel(now() + timedelta(days=366)):
        forget_rights()
        assert level() is Level.MASKED
    forget_rights()
    facts = DutyFacts(title="保密协议", gate=Gate.BLOCK, is_active=False)
    save_duty(HOUSE, duty, facts, at=now())
    assert again(agent).duties == ()


def test_given_failed_training_then_it_counts_for_nothing(agent: User) -> None:
    duty = asks(DutyKind.TRAINING)
    evidence = Evidence(done_on=localdate(), is_passed=False, result="41 分")
    record_fulfilments(HOUSE, duty, [agent], evidence, at=now())
    assert CUSTOMER.level(again(agent), "phone") is Level.MASKED


def test_given_document_then_its_reader_confirms_it_but_no_agreement(
    agent: User,
) -> None:
    paper, agreement = asks(DutyKind.DOCUMENT), asks()
    confirm_document(agent, paper.pk, at=now())
    with pytest.raises(Refused):
        confirm_document(agent, agreement.pk, at=now())
    states = {o.asked.duty_id: o.standing for o in again(agent).duties}
    assert states == {paper.pk: Standing.DONE, agreement.pk: Standing.OVERDUE}


def test_who_records_sees_the_people_he_records_for(agent: User) -> None:
    rights = {"duty.read": Depth.ALL, "duty.record": Depth.ALL, "user.read": Depth.TEAM}
    trainer = make_user("培训师", roles=[make_role(rights)], team=make_team())
    duty = asks(DutyKind.TRAINING)
    with pytest.raises(NotVisible):
        record_fulfilments(
            trainer, duty, [agent], Evidence(done_on=localdate()), at=now()
        )
    assert not Fulfilment.objects.exists()
    assert "小赵" not in page(trainer, f"/settings/security-duties/{duty.pk}/")[1]


def test_reminders_come_on_their_days_and_when_somebody_asks(agent: User) -> None:
    duty = asks()
    assert remind_lacking(HOUSE, duty, at=now()) == 1
    assert Notice.objects.get().user_id == agent.pk
    assert LoggedEvent.objects.filter(name="identity.DutyReminded").exists()
    for days in range(7):
        remind_of_duties(now() + timedelta(days=days))
    assert Notice.objects.count() == 2


ASKED = Asked(1, 1, DutyKind.TRAINING, Gate.BLOCK, "培训", date(2026, 3, 1), 14)


@pytest.mark.parametrize(
    ("joined", "is_done", "until", "today", "standing"),
    [
        (date(2020, 1, 1), False, None, date(2026, 3, 15), Standing.DUE),
        (date(2020, 1, 1), False, None, date(2026, 3, 16), Standing.OVERDUE),
        (date(2026, 3, 10), False, None, date(2026, 3, 24), Standing.DUE),
        (date(2026, 3, 10), False, None, date(2026, 3, 25), Standing.OVERDUE),
        (date(2020, 1, 1), True, None, date(2036, 1, 1), Standing.DONE),
        (date(2020, 1, 1), True, date(2026, 6, 1), date(2026, 5, 1), Standing.DONE),
        (date(2020, 1, 1), True, date(2026, 6, 1), date(2026, 5, 2), Standing.RENEW),
        (date(2020, 1, 1), True, date(2026, 6, 1), date(2026, 6, 1), Standing.RENEW),
        (date(2020, 1, 1), True, date(2026, 6, 1), date(2026, 6, 2), Standing.OVERDUE),
    ],
)
def test_how_somebody_stands(
    *, joined: date, is_done: bool, until: date | None, today: date, standing: Standing
) -> None:
    found = owed(ASKED, joined_on=joined, is_done=is_done, until=until, today=today)
    assert found.standing is standing
