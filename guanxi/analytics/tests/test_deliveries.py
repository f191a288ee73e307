"""Dashboards by mail: when they are due, who gets which figures, and who gets none."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from io import BytesIO
from socket import socket
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from django.test import Client
from pypdfium2 import PdfDocument
from pytest_django import Settings
from python_calamine import CalamineWorkbook

from guanxi.analytics.boards import sending
from guanxi.analytics.boards.sending import send_board, send_due
from guanxi.analytics.boards.timetable import Rhythm, latest_due
from guanxi.analytics.models import BoardDelivery
from guanxi.analytics.tests.factories import make_board, make_delivery
from guanxi.analytics.tests.test_explore import RIGHTS, reader
from guanxi.analytics.tests.test_explore import house as house
from guanxi.customers.commands.wall import set_wall
from guanxi.customers.models import Customer
from guanxi.foundation.actor import Depth
from guanxi.foundation.models import Notice
from guanxi.identity.models import User
from guanxi.identity.tests.factories import NOON, make_role, make_user

pytestmark = [
    pytest.mark.django_db,
    # ibis 12 still calls DuckDB by an old name
    pytest.mark.filterwarnings("ignore:fetch_arrow_table:DeprecationWarning"),
]
MONDAY = datetime(2026, 3, 9, 0, 30, tzinfo=UTC)  # half past eight in Shanghai


class Box:
    """The letters that a mail server on loopback has taken."""

    def __init__(self) -> None:
        self.letters: list[EmailMessage] = []

    async def handle_DATA(  # noqa: N802 -- the word of SMTP
        self, server: Any, session: Any, envelope: Any
    ) -> str:
        told = message_from_bytes(envelope.content, policy=policy.default)
        self.letters.append(told)
        return "250 taken"


@pytest.fixture
def box(settings: Settings) -> Iterator[Box]:
    """A mail server, and the house set up to use it."""
    found = Box()
    with socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    server = Controller(found, hostname="127.0.0.1", port=port)
    server.start()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST = "127.0.0.1"
    settings.EMAIL_PORT = port
    settings.EMAIL_USE_TLS = False
    settings.EMAIL_HOST_USER = ""
    yield found
    server.stop()


def mailed(**facts: Any) -> User:
    viewer = reader()
    User.objects.filter(pk=viewer.pk).update(email="lin@example.com", **facts)
    viewer.refresh_from_db()
    return viewer


def text_of(letter: EmailMessage) -> str:
    body = letter.get_body(("plain",))
    assert body is not None
    return str(body.get_content())


def send(viewer: User, **facts: Any) -> BoardDelivery:
    kept = make_delivery(viewer, "sales", span="year", **facts)
    for pk in kept.recipients:
        send_board(delivery_id=kept.pk, user_id=pk, day="2026-03-09")
    return kept


def test_a_letter_has_the_figures_and_a_file(
    house: dict[str, Customer], box: Box
) -> None:
    kept = send(mailed())
    (letter,) = box.letters
    assert letter["To"] == "lin@example.com"
    assert "销售总览" in letter["Subject"]
    assert letter["Message-ID"].startswith(f"<board-{kept.pk}-")
    assert "¥2,250.00" in text_of(letter)
    (file,) = letter.iter_attachments()
    book = CalamineWorkbook.from_filelike(BytesIO(file.get_payload(decode=True)))  # type: ignore[arg-type]  # -- bytes, for it is decoded
    assert book.get_sheet_by_name("指标").to_python()[1] == ["销售额", 2250]


def test_the_file_may_be_a_pdf_document(house: dict[str, Customer], box: Box) -> None:
    send(mailed(), form="pdf")
    (file,) = box.letters[0].iter_attachments()
    assert file.get_filename() == "销售总览.pdf"
    assert file.get_content_type() == "application/pdf"
    page = PdfDocument(file.get_payload(decode=True))[0].get_textpage()
    told = page.get_text_range()
    assert "销售总览" in told
    assert "2,250" in told
    assert "林 于" in told


def test_where_pdf_cannot_be_written_the_workbook_goes_out(
    house: dict[str, Customer], box: Box, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sending, "paper_problem", lambda: "apt install …")
    send(mailed(), form="pdf")
    (file,) = box.letters[0].iter_attachments()
    assert file.get_filename() == "销售总览.xlsx"


def test_a_letter_is_in_the_language_of_who_gets_it(
    house: dict[str, Customer], box: Box
) -> None:
    send(mailed(language="en"))
    assert "Sales at a glance" in box.letters[0]["Subject"]
    assert "Revenue: ¥2,250.00" in text_of(box.letters[0])


def test_everybody_gets_the_figures_he_may_see(
    house: dict[str, Customer], box: Box
) -> None:
    viewer, other = mailed(), make_user("钱", roles=list(reader().roles.all()))
    User.objects.filter(pk=other.pk).update(email="qian@example.com")
    rights = {**dict.fromkeys(RIGHTS, Depth.ALL), "wall.edit": Depth.ALL}
    warden = make_user("陈", roles=[make_role(rights)])
    set_wall(warden, house["li"], to=other, reason="亲属", at=NOON)
    send(viewer, recipients=[viewer.pk, other.pk])
    told = {letter["To"]: text_of(letter) for letter in box.letters}
    assert "¥2,250.00" in told["lin@example.com"]
    assert "¥1,350.00" in told["qian@example.com"]
    assert "2,250" not in told["qian@example.com"]


def test_who_may_no_longer_look_gets_nothing(
    house: dict[str, Customer], box: Box
) -> None:
    viewer = mailed()
    viewer.roles.clear()
    User.objects.filter(pk=viewer.pk).update(epoch=viewer.epoch + 1)
    send(viewer)
    User.objects.filter(pk=viewer.pk).update(email="")
    send(mailed(is_active=False))
    assert box.letters == []
    assert not Notice.objects.exists()


def test_who_may_not_export_gets_no_file(house: dict[str, Customer], box: Box) -> None:
    rights = ("customer.read", "order.read", "analysis.read", "product.read")
    viewer = make_user("孙", roles=[make_role(dict.fromkeys(rights, Depth.ALL))])
    User.objects.filter(pk=viewer.pk).update(email="sun@example.com")
    send(viewer)
    assert "¥2,250.00" in text_of(box.letters[0])
    assert list(box.letters[0].iter_attachments()) == []


def test_without_a_mail_server_the_bell_rings(house: dict[str, Customer]) -> None:
    viewer = mailed()
    send(viewer)
    told = Notice.objects.get(user_id=viewer.pk)
    assert told.url == "/insight/dashboards/sales/?span=year&against=before"
    client = Client()
    client.force_login(viewer)
    assert "“销售总览”已更新" in client.get("/notices/").content.decode()


def test_what_is_due_is_queued_once(
    house: dict[str, Customer], monkeypatch: pytest.MonkeyPatch
) -> None:
    queued: list[dict[str, Any]] = []
    monkeypatch.setattr(send_board, "later", lambda **words: queued.append(words))
    viewer = mailed()
    kept = make_delivery(viewer, "sales", sent_on=date(2026, 3, 2))
    send_due(MONDAY.replace(hour=23, day=8, minute=0))  # seven o'clock on Monday
    assert queued == []
    send_due(MONDAY)
    send_due(MONDAY)
    assert queued == [
        {"delivery_id": kept.pk, "user_id": viewer.pk, "day": "2026-03-09"}
    ]
    # The house stood still for two weeks: the latest one is sent, once.
    send_due(datetime(2026, 3, 25, 3, tzinfo=UTC))
    assert [one["day"] for one in queued[1:]] == ["2026-03-23"]


@pytest.mark.parametrize(
    ("rhythm", "at", "wanted"),
    [
        (Rhythm.WORKING_DAY, datetime(2026, 3, 10, 8, tzinfo=UTC), date(2026, 3, 10)),
        (Rhythm.WORKING_DAY, datetime(2026, 3, 10, 7, tzinfo=UTC), date(2026, 3, 9)),
        # A Saturday on which people work for the spring festival, and a day of it.
        (Rhythm.WORKING_DAY, datetime(2026, 2, 14, 9, tzinfo=UTC), date(2026, 2, 14)),
        (Rhythm.WORKING_DAY, datetime(2026, 2, 18, 9, tzinfo=UTC), date(2026, 2, 14)),
        (Rhythm.WEEK, datetime(2026, 3, 11, 9, tzinfo=UTC), date(2026, 3, 9)),
        (Rhythm.MONTH, datetime(2026, 3, 1, 7, tzinfo=UTC), date(2026, 2, 1)),
    ],
)
def test_when_it_is_due(rhythm: Rhythm, at: datetime, wanted: date) -> None:
    assert latest_due(rhythm, 8, at) == wanted


FORM = {
    "rhythm": "week",
    "hour": "8",
    "span": "month",
    "against": "before",
    "form": "xlsx",
}


def test_it_is_arranged_for_oneself_and_for_colleagues(
    house: dict[str, Customer],
) -> None:
    viewer, other = reader(), make_user("钱")
    client = Client()
    client.force_login(viewer)
    address = "/insight/dashboards/sales/sending/"
    form = {**FORM, "to_me": "on", "others": "钱、无名氏"}
    assert "没有名为“无名氏”的同事" in client.post(address, form).content.decode()
    assert client.post(address, {**form, "others": "钱"}).status_code == 302
    kept = BoardDelivery.objects.get()
    assert kept.recipients == [viewer.pk, other.pk]
    told = client.get(address).content.decode()
    assert "每周一 08:00" in told
    client.post(address, {"end": str(kept.pk)})
    assert not BoardDelivery.objects.exists()


def test_a_private_dashboard_goes_to_nobody_else(house: dict[str, Customer]) -> None:
    viewer = reader()
    make_user("钱")
    kept = make_board(viewer)
    client = Client()
    client.force_login(viewer)
    address = f"/insight/dashboards/{kept.pk}/sending/"
    told = client.post(address, {**FORM, "others": "钱"}).content.decode()
    assert "请先共享" in told
    assert client.post(address, {**FORM, "to_me": "on"}).status_code == 302


def test_who_gets_it_can_leave(house: dict[str, Customer]) -> None:
    viewer, other = reader(), reader()
    kept = make_delivery(viewer, "sales", recipients=[viewer.pk, other.pk])
    client = Client()
    client.force_login(other)
    client.post("/insight/dashboards/sales/sending/", {"end": str(kept.pk)})
    kept.refresh_from_db()
    assert kept.recipients == [viewer.pk]


def test_of_somebody_elses_nothing_is_seen(house: dict[str, Customer]) -> None:
    viewer, other = reader(), reader()
    kept = make_delivery(viewer, "sales")
    client = Client()
    client.force_login(other)
    address = "/insight/dashboards/sales/sending/"
    assert "每周一" not in client.get(address).content.decode().partition("<form")[0]
    assert client.post(address, {"end": str(kept.pk)}).status_code == 404
