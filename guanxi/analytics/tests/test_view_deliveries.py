"""Saved views of lists and of the explorer by mail: who gets what of them, and when."""

from datetime import UTC, date, datetime
from email.message import EmailMessage
from io import BytesIO
from typing import Any

import pytest
from django.test import Client
from pypdfium2 import PdfDocument
from python_calamine import CalamineWorkbook

from guanxi.analytics.boards import view_letter
from guanxi.analytics.boards.sending import send_board, send_due
from guanxi.analytics.commands.exploration import PAGE
from guanxi.analytics.models import BoardDelivery
from guanxi.analytics.tests.factories import make_delivery
from guanxi.analytics.tests.test_deliveries import Box, mailed, text_of
from guanxi.analytics.tests.test_deliveries import box as box
from guanxi.analytics.tests.test_explore import RIGHTS, reader
from guanxi.analytics.tests.test_explore import house as house
from guanxi.customers.commands.wall import set_wall
from guanxi.customers.models import Customer
from guanxi.foundation.actor import Depth, Level
from guanxi.foundation.models import Access, Notice, SavedView
from guanxi.identity.models import User
from guanxi.identity.tests.factories import NOON, make_role, make_user

pytestmark = [
    pytest.mark.django_db,
    # ibis 12 still calls DuckDB by an old name
    pytest.mark.filterwarnings("ignore:fetch_arrow_table:DeprecationWarning"),
]
MONDAY = datetime(2026, 3, 9, 0, 30, tzinfo=UTC)  # half past eight in Shanghai
HANGZHOU = "?where=city.in.%E6%9D%AD%E5%B7%9E%E5%B8%82"
# It was saved in another year: by the clock it is asked of the days of its delivery.
PROVINCES = (
    "?rows=province&metrics=revenue&first_on=2020-01-01&last_on=2020-12-31&show=value"
)
FORM = {"rhythm": "week", "hour": "8", "form": "xlsx", "to_me": "on"}


def saved(
    owner: User, query: str = HANGZHOU, table: str = "customers", **facts: Any
) -> SavedView:
    usual = {"name": "杭州的", "is_shared": True, "created_at": NOON}
    return SavedView.objects.create(
        owner=owner, table=table, query=query, **{**usual, **facts}
    )


def send(owner: User, kept: SavedView, **facts: Any) -> BoardDelivery:
    usual = {"view": kept, "span": "", "against": ""}
    found = make_delivery(owner, "", **{**usual, **facts})
    for pk in found.recipients:
        send_board(delivery_id=found.pk, user_id=pk, day="2026-03-09")
    return found


def rows_of(letter: EmailMessage) -> list[list[Any]]:
    (file,) = letter.iter_attachments()
    book = CalamineWorkbook.from_filelike(BytesIO(file.get_payload(decode=True)))  # type: ignore[arg-type]  # -- bytes, for it is decoded
    return book.get_sheet_by_index(0).to_python()


def pages_of(letter: EmailMessage) -> str:
    (file,) = letter.iter_attachments()
    assert file.get_content_type() == "application/pdf"
    found = PdfDocument(file.get_payload(decode=True))
    return "\n".join(one.get_textpage().get_text_range() for one in found)


def visitor(viewer: User) -> Client:
    client = Client()
    client.force_login(viewer)
    return client


def test_a_list_comes_as_a_workbook(house: dict[str, Customer], box: Box) -> None:
    viewer = mailed()
    send(viewer, saved(viewer))
    (letter,) = box.letters
    assert "客户 · 杭州的" in letter["Subject"]
    assert "杭州市" in text_of(letter)
    assert "共 1 条" in text_of(letter)
    rows = rows_of(letter)
    assert [row[0] for row in rows[1:]] == ["王芳"]
    assert Access.objects.get(act="export").actor_id == viewer.pk


def test_a_list_comes_on_paper(house: dict[str, Customer], box: Box) -> None:
    viewer = mailed()
    send(viewer, saved(viewer), form="pdf")
    told = pages_of(box.letters[0])
    assert "客户 · 杭州的" in told
    assert "王芳" in told
    assert "李强" not in told


@pytest.mark.parametrize("form", ["xlsx", "pdf"])
def test_an_exploration_is_asked_of_the_days_of_its_delivery(
    house: dict[str, Customer], box: Box, form: str
) -> None:
    viewer = mailed()
    kept = saved(viewer, PROVINCES, PAGE, name="各省")
    send(viewer, kept, span="year", form=form)
    (letter,) = box.letters
    assert "2026年1月1日" in letter["Subject"]
    assert "¥2,250.00" in text_of(letter)
    if form == "pdf":
        assert "各省" in pages_of(letter)
        assert "¥1,350.00" in pages_of(letter)
    else:
        assert rows_of(letter)[-1] == ["合计", 2250]


def test_everybody_gets_what_he_may_see(house: dict[str, Customer], box: Box) -> None:
    viewer, other = mailed(), make_user("钱", roles=list(reader().roles.all()))
    User.objects.filter(pk=other.pk).update(email="qian@example.com")
    rights = {**dict.fromkeys(RIGHTS, Depth.ALL), "wall.edit": Depth.ALL}
    warden = make_user("陈", roles=[make_role(rights)])
    set_wall(warden, house["li"], to=other, reason="亲属", at=NOON)
    send(viewer, saved(viewer, "?sort=name"), recipients=[viewer.pk, other.pk])
    told = {one["To"]: {row[0] for row in rows_of(one)[1:]} for one in box.letters}
    assert told == {"lin@example.com": {"王芳", "李强"}, "qian@example.com": {"王芳"}}


def test_a_covered_field_is_covered_in_the_file(
    house: dict[str, Customer], box: Box
) -> None:
    viewer = reader(customer__province=Level.HIDDEN, customer__name=Level.MASKED)
    User.objects.filter(pk=viewer.pk).update(email="lin@example.com")
    send(viewer, saved(viewer, "?cols=name,province"))
    rows = rows_of(box.letters[0])
    assert len(rows[0]) == 1
    assert "王芳" not in {row[0] for row in rows}


def test_what_asks_for_a_closed_field_is_not_sent_and_says_so(
    house: dict[str, Customer], box: Box
) -> None:
    owner, viewer = reader(), reader(customer__city=Level.HIDDEN)
    User.objects.filter(pk=viewer.pk).update(email="lin@example.com")
    send(owner, saved(owner), recipients=[viewer.pk])
    assert box.letters == []
    told = visitor(viewer).get("/notices/").content.decode()
    assert "没有发送" in told


def test_who_may_not_export_gets_no_file(house: dict[str, Customer], box: Box) -> None:
    rights = ("customer.read", "order.read", "analysis.read", "product.read")
    viewer = make_user("孙", roles=[make_role(dict.fromkeys(rights, Depth.ALL))])
    User.objects.filter(pk=viewer.pk).update(email="sun@example.com")
    send(viewer, saved(viewer))
    assert list(box.letters[0].iter_attachments()) == []
    assert "王芳" not in text_of(box.letters[0])
    assert not Access.objects.filter(act="export").exists()


def test_who_may_no_longer_look_gets_nothing(
    house: dict[str, Customer], box: Box
) -> None:
    owner, other = reader(), mailed()
    kept = saved(owner)
    SavedView.objects.filter(pk=kept.pk).update(is_shared=False)
    send(owner, kept, recipients=[other.pk])
    stranger = make_user("周", roles=[make_role({"order.read": Depth.ALL})])
    User.objects.filter(pk=stranger.pk).update(email="zhou@example.com")
    send(owner, saved(owner, name="共享"), recipients=[stranger.pk])
    send(owner, saved(owner, PROVINCES, PAGE), recipients=[stranger.pk], span="year")
    assert box.letters == []
    assert not Notice.objects.exists()


def test_too_large_a_file_stays_at_home(
    house: dict[str, Customer], box: Box, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(view_letter, "MOST_BYTES", 10)
    viewer = mailed()
    send(viewer, saved(viewer))
    assert list(box.letters[0].iter_attachments()) == []
    assert "文件太大" in text_of(box.letters[0])


def test_without_a_mail_server_the_bell_rings(house: dict[str, Customer]) -> None:
    viewer = mailed()
    send(viewer, saved(viewer))
    assert Notice.objects.get(user_id=viewer.pk).url == f"/customers/{HANGZHOU}"
    send(viewer, saved(viewer, PROVINCES, PAGE), span="year")
    assert "first_on=2026-01-01" in Notice.objects.latest("pk").url


def test_lists_are_due_before_any_analysis(monkeypatch: pytest.MonkeyPatch) -> None:
    queued: list[dict[str, Any]] = []
    monkeypatch.setattr(send_board, "later", lambda **words: queued.append(words))
    viewer = mailed()
    facts = {"span": "", "against": "", "sent_on": date(2026, 3, 2)}
    kept = make_delivery(viewer, "", view=saved(viewer), **facts)
    make_delivery(viewer, "", view=saved(viewer, PROVINCES, PAGE), **facts)
    make_delivery(viewer, "sales", sent_on=date(2026, 3, 2))
    send_due(MONDAY)
    assert [one["delivery_id"] for one in queued] == [kept.pk]


def test_it_is_arranged_from_the_saved_views_and_left(
    house: dict[str, Customer],
) -> None:
    viewer, other = reader(), reader()
    kept = saved(viewer)
    address = f"/insight/views/{kept.pk}/sending/"
    manage = visitor(viewer).get("/lists/customers/view/?manage=1")
    assert address in manage.content.decode()
    page = visitor(viewer).get(address).content.decode()
    assert 'name="span"' not in page
    form = {**FORM, "others": other.name}
    answer = visitor(viewer).post(address, form)
    assert answer["Location"] == f"/customers/{HANGZHOU}"
    made = BoardDelivery.objects.get()
    assert made.recipients == [viewer.pk, other.pk]
    assert (made.board, made.view_id, made.span) == ("", kept.pk, "")
    visitor(other).post(address, {"end": str(made.pk)})
    made.refresh_from_db()
    assert made.recipients == [viewer.pk]
    visitor(viewer).post(address, {"end": str(made.pk)})
    assert not BoardDelivery.objects.exists()


def test_an_exploration_is_arranged_with_its_days(house: dict[str, Customer]) -> None:
    viewer = reader()
    kept = saved(viewer, PROVINCES, PAGE, is_shared=False)
    address = f"/insight/views/{kept.pk}/sending/"
    assert address in visitor(viewer).get(f"/insight/explore/{PROVINCES}").text
    other = reader()
    form = {**FORM, "span": "month"}
    refused = visitor(viewer).post(address, {**form, "others": other.name})
    assert "请先共享这个视图" in refused.content.decode()
    assert visitor(viewer).post(address, form).status_code == 302
    assert BoardDelivery.objects.get().span == "month"
    assert visitor(other).get(address).status_code == 404


def test_it_ends_with_its_view(house: dict[str, Customer]) -> None:
    viewer = reader()
    kept = saved(viewer)
    make_delivery(viewer, "", view=kept, span="", against="")
    assert visitor(viewer).post(f"/views/{kept.pk}/deletion/").status_code == 302
    assert not BoardDelivery.objects.exists()
