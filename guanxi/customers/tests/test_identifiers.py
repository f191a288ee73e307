"""Numbers of documents, cards and licenses: checked, sealed, and found by who reads them."""

import re
from collections.abc import Iterator
from datetime import date, timedelta

import pytest
from django.db import connection, transaction
from django.test import Client

from guanxi.customers.commands.customer import change_customer, create_customer
from guanxi.customers.commands.identifier import BadNumber
from guanxi.customers.commands.reveal import reveal_field
from guanxi.customers.models import Customer, Traits
from guanxi.customers.queries.duplicate import duplicates
from guanxi.customers.rules import Form
from guanxi.customers.rules.duplicate import Likeness, Reason
from guanxi.customers.tests.factories import make_customer
from guanxi.foundation.actor import Depth, Level, System
from guanxi.foundation.errors import Denied
from guanxi.foundation.models import Access, ImportedRow, LoggedEvent
from guanxi.foundation.tests.factories import import_file, undo_file
from guanxi.identity.models import User
from guanxi.identity.tests.factories import NOON, make_role, make_user

pytestmark = pytest.mark.django_db
HOUSE = System("tests")
LATER = NOON + timedelta(hours=1)
RESIDENT, OTHER_RESIDENT = "11010519491231002X", "310104198505171236"
_LOTS = re.compile(r'nonce="[^"]*"|x-csrftoken": "[^"]*"|name="csrf\w*" value="[^"]*"')
CARD, CODE = "6222021234567890128", "91350100M000100Y43"
MAY = dict.fromkeys(
    [f"customer.{a}" for a in ("read", "create", "edit", "export", "reveal", "import")]
    + ["import_run.create", "import_run.read", "import_run.undo"],
    Depth.ALL,
)


def viewer(level: Level) -> User:
    """Return one who may do all with customers, and sees ID numbers at ``level``."""
    return make_user(roles=[make_role(MAY, {"customer.id_number": level})])


def stored(pk: int) -> dict[str, str]:
    """Return what the database keeps of the numbers of a customer."""
    names = ("id_kind", "id_number", "id_number_index", "bank_card", "credit_code")
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {', '.join(names)} FROM customers_customer WHERE id = %s", [pk]
        )
        return dict(zip(names, cursor.fetchone(), strict=True))


def everything_stored() -> Iterator[str]:
    """Yield every row of every table, as text."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        for (table,) in cursor.fetchall():
            cursor.execute(f'SELECT t::text FROM "{table}" t')
            yield from (row for (row,) in cursor.fetchall())


def test_given_numbers_when_created_then_sealed_in_the_table_and_plain_to_read() -> (
    None
):
    made = create_customer(
        HOUSE,
        name="张伟",
        at=NOON,
        id_number=" 11010519491231002x ",
        bank_card="6222 0212 3456 7890 128",
    )
    found = Customer.objects.get(pk=made.pk)
    assert (found.id_kind, found.id_number, found.bank_card) == (
        "resident",
        RESIDENT,
        CARD,
    )
    row = stored(made.pk)
    assert row["id_number"].startswith("test.")
    assert row["id_number_index"].startswith("test.")
    assert not any(n in text for text in everything_stored() for n in (RESIDENT, CARD))


def test_given_untouched_number_when_saved_then_it_stands_as_it_stood() -> None:
    made = make_customer("张伟", id_number=RESIDENT)
    before = stored(made.pk)
    found = Customer.objects.get(pk=made.pk)
    change_customer(HOUSE, found, version=1, at=LATER, short_name="小张")
    assert stored(made.pk) == before


def test_given_value_copied_to_another_row_when_read_then_it_does_not_open() -> None:
    one, other = make_customer("张伟", id_number=RESIDENT), make_customer("李娜")
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE customers_customer SET id_number = (SELECT id_number FROM"
            " customers_customer WHERE id = %s) WHERE id = %s",
            [one.pk, other.pk],
        )
    moved = Customer.objects.get(pk=other.pk)
    assert moved.id_number == "（无法读取）"
    assert Customer.objects.get(pk=one.pk).id_number == RESIDENT
    before = stored(other.pk)
    moved.refresh_from_db()
    change_customer(HOUSE, moved, version=1, at=LATER, birth_on=date(1999, 1, 1))
    assert stored(other.pk) == before
    assert "（无法读取）" in shown_to(viewer(Level.READ), other.pk)
    change_customer(HOUSE, moved, version=2, at=LATER, id_number="E1234567")
    assert Customer.objects.get(pk=other.pk).id_number == "E1234567"


def test_given_plain_number_when_asked_of_the_database_then_it_is_not_told() -> None:
    with pytest.raises(ValueError, match="blind index"):
        Customer.objects.filter(id_number=RESIDENT).exists()


@pytest.mark.parametrize(
    ("facts", "field"),
    [
        ({"id_number": "110105194912310021"}, "id_number"),
        ({"id_number": "1101051949123100"}, "id_number"),
        ({"id_kind": "resident", "id_number": "E1234"}, "id_number"),
        ({"id_number": RESIDENT, "birth_on": date(1949, 12, 30)}, "id_number"),
        ({"bank_card": "6222021234567890129"}, "bank_card"),
        (
            {"form": Form.ORGANIZATION, "credit_code": "91350100M000100Y44"},
            "credit_code",
        ),
    ],
)
def test_given_wrong_number_when_created_then_refused_at_its_field(
    facts: dict[str, object], field: str
) -> None:
    with pytest.raises(BadNumber) as refused:
        create_customer(HOUSE, name="张伟", at=NOON, **facts)  # type: ignore[arg-type]  # -- facts of each case
    assert refused.value.field == field
    assert not Customer.objects.exists()


def test_given_passport_when_created_then_it_is_kept_as_one() -> None:
    named = create_customer(
        HOUSE, name="Anna", at=NOON, id_kind="passport", id_number=" e1234 5678 "
    )
    unnamed = create_customer(HOUSE, name="Otto", at=NOON, id_number="E87654321")
    assert (named.id_kind, named.id_number) == ("passport", "E12345678")
    assert (unnamed.id_kind, unnamed.id_number) == ("other", "E87654321")


def test_given_number_taken_away_when_changed_then_nothing_of_it_stays() -> None:
    made = make_customer("张伟", id_number=RESIDENT)
    change_customer(HOUSE, made, version=1, at=LATER, id_number="")
    assert stored(made.pk) == dict.fromkeys(stored(made.pk), "")


def test_given_stored_birthday_when_another_number_is_given_then_refused() -> None:
    made = make_customer("张伟", birth_on=date(1985, 5, 17))
    with pytest.raises(BadNumber):
        change_customer(HOUSE, made, version=1, at=LATER, id_number=RESIDENT)
    change_customer(HOUSE, made, version=1, at=LATER, id_number=OTHER_RESIDENT)


def test_given_masked_number_when_birthday_is_tried_then_no_refusal_tells_it() -> None:
    made = make_customer("张伟", id_number=RESIDENT)
    clerk = viewer(Level.MASKED)
    for version, day in enumerate((date(1949, 12, 31), date(1950, 1, 1)), 1):
        change_customer(clerk, made, version=version, at=LATER, birth_on=day)


def test_given_change_when_logged_then_not_a_sign_of_the_number() -> None:
    made = create_customer(
        HOUSE, name="张伟", at=NOON, id_number=RESIDENT, bank_card=CARD
    )
    change_customer(
        HOUSE, made, version=1, at=LATER, id_number=OTHER_RESIDENT, bank_card=""
    )
    changes = LoggedEvent.objects.latest("pk").changes
    assert changes == {"id_number": ["…", "…"], "bank_card": ["…", ""]}


def test_given_reason_when_revealed_then_shown_and_on_record() -> None:
    made = make_customer("张伟", bank_card=CARD)
    clerk = viewer(Level.MASKED)
    assert reveal_field(clerk, made, "bank_card", reason="退款", at=LATER) == (CARD,)
    seen = Access.objects.get(act="reveal")
    assert (seen.fields, seen.reason) == (["bank_card"], "退款")
    with pytest.raises(Denied):
        reveal_field(viewer(Level.HIDDEN), made, "bank_card", reason="退款", at=LATER)


def test_given_wrong_numbers_in_form_when_sent_then_each_is_told_at_its_field() -> None:
    client = Client()
    client.force_login(viewer(Level.WRITE))
    sent = {
        "form": "person",
        "name": "张伟",
        "id_kind": "resident",
        "state": "potential",
        "id_number": "110105194912310021",
        "bank_card": "6222021234567890129",
    }
    answer = client.post("/customers/new/", sent)
    assert answer.status_code == 422
    page = answer.content.decode()
    assert "身份证号码的校验位不对" in page
    assert "银行卡号校验不通过" in page
    sent |= {"id_number": "１１０１０５１９４９１２３１００２ｘ", "bank_card": CARD}  # noqa: RUF001 -- full-width, as keyboards write it
    assert client.post("/customers/new/", sent).status_code == 302
    assert Customer.objects.get().id_number == RESIDENT


def test_given_equal_numbers_when_compared_then_only_who_reads_them_is_warned() -> None:
    known = make_customer("张伟", id_number=RESIDENT, bank_card=CARD)
    other = Likeness(
        Form.PERSON, "李娜", id_number="11010519491231002x", bank_card=CARD
    )
    (found,) = duplicates(viewer(Level.WRITE), other)
    assert found.customer == known
    assert found.reasons == (Reason.ID_NUMBER, Reason.BANK_CARD)
    for level in (Level.MASKED, Level.HIDDEN):
        assert duplicates(viewer(level), other) == []


def test_given_equal_credit_codes_when_compared_then_they_are_one_party() -> None:
    known = make_customer("甲公司", form=Form.ORGANIZATION, credit_code=CODE)
    other = Likeness(Form.ORGANIZATION, "乙公司", credit_code=CODE)
    (found,) = duplicates(viewer(Level.HIDDEN), other)
    assert (found.customer.pk, found.score.points) == (known.pk, 100)


def shown_to(by: User, pk: int) -> str:
    client = Client()
    client.force_login(by)
    return client.get(f"/customers/{pk}/").content.decode()


def listed(by: User, **asked: str) -> tuple[int, str]:
    client = Client()
    client.force_login(by)
    response = client.get("/customers/", asked)
    return response.status_code, response.content.decode()


def test_given_number_in_clear_when_filtered_then_exactly_its_customer() -> None:
    make_customer("张伟", id_number=RESIDENT)
    make_customer("李娜", id_number=OTHER_RESIDENT)
    by = viewer(Level.READ)
    for where in (
        f"id_number.eq.{RESIDENT}",
        "id_number.eq.11010519491231002x",
        f"id_number.in.({RESIDENT},E1)",
    ):
        status, page = listed(by, where=where, cols="name,id_number")
        assert status == 200
        assert "张伟" in page
        assert "李娜" not in page
    assert "李娜" in listed(by, where="id_number.filled")[1]
    for where in ("id_number.like.110105", "id_number.starts.110105"):
        assert listed(by, where=where)[0] == 400
    assert listed(by, sort="id_number")[0] == 400


def test_given_covered_number_when_asked_for_then_as_if_there_were_no_such_field() -> (
    None
):
    make_customer("张伟", id_number=RESIDENT)
    for level in (Level.MASKED, Level.HIDDEN):
        by = viewer(level)
        for where in (
            f"id_number.eq.{RESIDENT}",
            "id_number.filled",
            "bank_card.empty",
        ):
            assert listed(by, where=where)[0] == 400
        status, page = listed(by, q=RESIDENT)
        assert (status, "张伟" in page) == (200, False)


def test_given_two_worlds_that_differ_in_numbers_then_every_answer_is_the_same() -> (
    None
):
    """Only what the viewer may not see differs; what he is told does not."""
    by = viewer(Level.HIDDEN)
    told = []
    for number, card in ((RESIDENT, CARD), (OTHER_RESIDENT, "4111111111111111")):
        with transaction.atomic():
            Customer.objects.all().delete()
            pk = 7_000_000
            made = Customer(
                pk=pk, name="张伟", sort_name="x", created_at=NOON, updated_at=NOON
            )
            made.id_kind, made.id_number, made.bank_card = "resident", number, card
            made.save(force_insert=True)
            Traits(customer=made).save(force_insert=True)
            told.append(answers(by, pk))
            transaction.set_rollback(True)
    assert told[0] == told[1]


def answers(by: User, pk: int) -> list[object]:
    every = "name,id_kind,id_number,bank_card,credit_code"
    candidate = Likeness(Form.PERSON, "张伟", id_number=RESIDENT, bank_card=CARD)
    client = Client()
    client.force_login(by)
    export = client.get("/customers/", {"cols": every, "export": "csv"})
    return [
        *(
            bare(listed(by, **asked))
            for asked in (
                {"cols": every},
                {"where": f"id_number.eq.{RESIDENT}"},
                {"where": f"not(bank_card.eq.{CARD})"},
                {"sort": "id_number"},
                {"q": RESIDENT},
            )
        ),
        b"".join(export.streaming_content),  # type: ignore[attr-defined]  # -- a file
        [one.score for one in duplicates(by, candidate)],
        bare((200, client.get(f"/customers/{pk}/").content.decode())),
    ]


def bare(answer: tuple[int, str]) -> tuple[int, str]:
    """Return an answer without what is drawn by lot."""
    status, page = answer
    return status, _LOTS.sub("", page)


PEOPLE = f"""姓名,证件类型,身份证号,银行卡号,生日
张伟,身份证,11010519491231002x,6222 0212 3456 7890 128,1949-12-31
Anna,护照,E12345678,,
李娜,,110105194912310021,,
王芳,,{OTHER_RESIDENT},,1985-05-18
"""


def test_given_file_when_imported_then_checked_sealed_and_nowhere_in_clear() -> None:
    by = viewer(Level.WRITE)
    run = import_file(by, "customers", PEOPLE)
    assert (run.created, run.refused) == (2, 2)
    found = {c.name: c for c in Customer.objects.all()}
    assert found["张伟"].id_number == RESIDENT
    assert found["张伟"].bank_card == CARD
    assert (found["Anna"].id_kind, found["Anna"].id_number) == ("passport", "E12345678")
    numbers = (
        *(RESIDENT, CARD, "6222 0212 3456 7890 128", "E12345678", OTHER_RESIDENT),
        *("11010519491231002x", "110105194912310021"),
    )
    assert not [n for n in numbers for text in everything_stored() if n in text]


def test_given_number_in_file_when_matched_then_updated_and_undone() -> None:
    by = viewer(Level.WRITE)
    known = make_customer("张伟", id_number=RESIDENT)
    before = stored(known.pk)
    text = f"姓名,身份证号,银行卡号,简称\n张伟,11010519491231002x,{CARD},小张\n"
    options = {"match": "id_number", "on_match": "update"}
    run = import_file(by, "customers", text, options=options)
    assert (run.created, run.updated) == (0, 1)
    found = Customer.objects.get(pk=known.pk)
    assert (found.short_name, found.bank_card) == ("小张", CARD)
    kept = ImportedRow.objects.get(kind="customer").before
    assert kept["id_number"] == before["id_number"]
    undo_file(by, run)
    found = Customer.objects.get(pk=known.pk)
    assert (found.id_number, found.bank_card, found.bank_card_index) == (
        RESIDENT,
        "",
        "",
    )


def test_given_customer_one_does_not_see_when_matched_then_nothing_tells_of_it() -> (
    None
):
    make_customer("张伟", id_number=RESIDENT)
    own = {**MAY, "customer.read": Depth.OWN, "customer.edit": Depth.OWN}
    by = make_user(roles=[make_role(own)])
    text = f"姓名,身份证号\n张伟,{RESIDENT}\n"
    options = {"match": "id_number", "on_match": "update"}
    run = import_file(by, "customers", text, options=options)
    assert (run.created, run.updated, run.refused) == (1, 0, 0)
