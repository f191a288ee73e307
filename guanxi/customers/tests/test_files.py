"""Files on a customer: what is taken, what goes out, to whom, and what is left behind."""

import os
import time
from pathlib import Path

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from guanxi.customers.commands.merge import merge_customers
from guanxi.customers.models import Customer
from guanxi.customers.tests.factories import make_customer
from guanxi.customers.tests.uploads import added, examined, on_disk, upload
from guanxi.foundation.actor import Depth, Level
from guanxi.foundation.clock import now
from guanxi.foundation.errors import Denied, NotVisible
from guanxi.foundation.files import store
from guanxi.foundation.files.commands import FileFacts, add_file
from guanxi.foundation.files.jobs import forget_strays
from guanxi.foundation.files.kinds import BadFile, media_of, start_of
from guanxi.foundation.files.names import clean_name
from guanxi.foundation.files.places import place_of
from guanxi.foundation.files.queries import files_at, missing, strays
from guanxi.foundation.files.signed import address_of
from guanxi.foundation.models import Access, LoggedEvent, StoredFile
from guanxi.identity.models import User
from guanxi.identity.tests.factories import make_role, make_user


@pytest.fixture(autouse=True)
def _own_folder(settings: Settings, tmp_path: Path) -> None:
    settings.FILES_ROOT = tmp_path


@pytest.mark.parametrize(
    ("given", "wanted"),
    [
        ("合同.pdf", "合同.pdf"),
        ("../../etc/passwd", "passwd"),
        (r"C:\temp\报价.xlsx", "报价.xlsx"),
        ("\u200b.htaccess", "htaccess"),
        ("a.php\u202egnp", "a.phpgnp"),
        ("\uff45vil\uff0eexe", "evil.exe"),
        ("a\0b\r\n.txt", "ab.txt"),
        ("  一  二.txt ", "一 二.txt"),
        ('a<b>"c".txt', "a_b__c_.txt"),
        ("...", ""),
        ("", ""),
    ],
)
def test_a_name_is_made_harmless(given: str, wanted: str) -> None:
    assert clean_name(given) == wanted


def test_a_long_chinese_name_is_cut_and_keeps_its_extension() -> None:
    name = clean_name("客" * 300 + ".pdf")
    assert name == "客" * 78 + ".pdf"
    assert len(name.encode()) <= 240


@pytest.mark.parametrize(
    ("head", "wanted"),
    [
        (b"\xff\xd8\xff\xe0", "jpeg"),
        (b"RIFF\0\0\0\0WEBPVP8 ", "webp"),
        (b"\0\0\0\x18ftypmp42", "mp4"),
        (b"\xff\xfb\x90\0", "mp3"),
        ("姓名,电话\n".encode("gb18030"), "text"),
        ("\ufeff姓名".encode("utf-16-le"), "text"),
        (b"  <!DOCTYPE html>", "page"),
        (b"<?xml version='1.0'?><svg onload=alert(1)>", "page"),
        (b"<?xml version='1.0'?><order/>", "text"),
        (b"a\0b", ""),
    ],
)
def test_content_is_known_by_how_it_begins(head: bytes, wanted: str) -> None:
    assert start_of(head) == wanted


def test_what_the_house_adds_is_a_download_of_no_type(
    settings: Settings,
) -> None:
    settings.FILE_TYPES = frozenset({"cdr"})
    assert media_of("标志.cdr", b"anything") == "application/octet-stream"
    with pytest.raises(BadFile):
        media_of("标志.psd", b"8BPS")


REFUSED = {
    "svg with script": ("logo.svg", b"<svg><script>alert(1)</script></svg>"),
    "page as photo": ("photo.jpg", b"<html><script>alert(1)</script></html>"),
    "page as text": ("readme.txt", b"<html><script>alert(1)</script></html>"),
    "picture as script": ("a.js", b"GIF89a/*" + b"\0" * 20 + b"*/=1;alert(1)"),
    "server settings": ("\u200b.htaccess", b"AddType application/x-httpd-php .jpg"),
    "server script": ("shell.pht", b"<?php system($_GET[0]);"),
    "turned name": ("a.php\u202egnp", b"\x89PNG\r\n\x1a\n"),
    "program": ("报价.exe", b"MZ\x90\0"),
    "program as pdf": ("报价.pdf", b"MZ\x90\0"),
    "nothing": ("empty.txt", b""),
    "no name": ("...", b"text"),
    "photo with a place": ("IMG_1.heic", b"\0\0\0\x18ftypheic"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_given_an_attack_when_uploaded_then_refused_and_nothing_stays(
    client_of_owner: Client, customer: Customer, case: str
) -> None:
    name, content = REFUSED[case]
    assert upload(client_of_owner, customer, name, content) == 422
    assert not StoredFile.objects.exists()
    assert on_disk() == []


@pytest.mark.parametrize(
    ("given", "wanted"),
    [
        ("../../合同.txt", "合同.txt"),
        ("客" * 300 + ".txt", "客" * 78 + ".txt"),
        ("a\0b.txt", "ab.txt"),
    ],
)
def test_given_a_wild_name_when_uploaded_then_kept_under_a_random_one(
    client_of_owner: Client, customer: Customer, given: str, wanted: str
) -> None:
    assert upload(client_of_owner, customer, given, b"text") == 200
    file = added(customer)
    assert file.name == wanted
    assert on_disk() == [file.token]
    assert len(file.token) == 32


def test_what_goes_out_is_a_download_in_a_sandbox_and_on_record(
    client_of_owner: Client, customer: Customer, owner: User
) -> None:
    upload(client_of_owner, customer, "备忘.txt", b"text")
    file = examined(added(customer))
    led = client_of_owner.get(reverse("files:file", args=[file.pk]))
    answer = client_of_owner.get(led["Location"])
    assert answer.getvalue() == b"text"
    assert answer["Content-Disposition"].startswith("attachment; filename*=utf-8''")
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Content-Security-Policy"].startswith("sandbox; default-src 'none'")
    seen = Access.objects.get(act="download")
    assert (seen.actor_id, seen.subject_id) == (owner.pk, customer.pk)
    assert seen.fields == ["files"]


def test_an_address_is_for_one_person_and_for_some_minutes(
    client_of_owner: Client, customer: Customer, owner: User
) -> None:
    upload(client_of_owner, customer, "备忘.txt", b"text")
    file = examined(added(customer))
    other = make_user("旁人", roles=[make_role({"customer.read": Depth.ALL})])
    assert client_of_owner.get(address_of(file, other)).status_code == 404
    mine = address_of(file, owner)
    assert client_of_owner.get(mine[:-5] + "AAAA/").status_code == 404
    with time_machine.travel(time.time() + 601):
        assert client_of_owner.get(mine).status_code == 404
    Customer.objects.update(owner=None, team=None)
    assert client_of_owner.get(mine).status_code == 404


def test_given_who_may_not_see_them_then_neither_listed_nor_found(
    client_of_owner: Client, customer: Customer, owner: User
) -> None:
    place = place_of("customer")
    with store.keeping([b"\xff\xd8\xff"]) as kept:
        facts = FileFacts(name="身份证.jpg", is_sensitive=True)
        add_file(owner, place, customer, facts, kept, at=now())
    masked = make_user(
        "客服",
        roles=[
            make_role(
                {"customer.read": Depth.ALL, "customer.edit": Depth.ALL},
                {"customer.id_number": Level.MASKED},
            )
        ],
    )
    file = added(customer)
    assert list(files_at(owner, place, customer.pk)) == [file]
    assert list(files_at(masked, place, customer.pk)) == []
    client = Client()
    client.force_login(masked)
    assert client.get(reverse("files:file", args=[file.pk])).status_code == 404
    page = client.get(reverse("customers:timeline", args=[customer.pk]))
    assert "身份证" not in page.text
    none = make_user(
        "外人",
        roles=[
            make_role({"customer.read": Depth.ALL}, {"customer.files": Level.HIDDEN})
        ],
    )
    with pytest.raises(NotVisible):
        place.record(none, customer.pk)


def test_given_a_reader_when_adding_then_denied(customer: Customer) -> None:
    reader = make_user("读者", roles=[make_role({"customer.read": Depth.ALL})])
    with pytest.raises(Denied):
        add_file(
            reader,
            place_of("customer"),
            customer,
            FileFacts(name="合同", paper_place="3 号柜"),
            at=now(),
        )


def test_given_a_paper_when_registered_then_it_says_where_it_lies(
    client_of_owner: Client, customer: Customer
) -> None:
    url = reverse("files:new", args=["customer", customer.pk])
    assert client_of_owner.post(url, {"name": "框架合同"}).status_code == 422
    told = {"name": "框架合同", "paper_place": "3 号柜 12 盒", "note": "一式两份"}
    assert client_of_owner.post(url, told).status_code == 302
    panel = client_of_owner.get(reverse("customers:files", args=[customer.pk])).text
    assert "3 号柜 12 盒" in panel
    assert added(customer).token == ""


def test_given_a_scan_with_its_paper_when_described_anew_then_the_extension_stays(
    client_of_owner: Client, customer: Customer
) -> None:
    url = reverse("files:new", args=["customer", customer.pk])
    file = SimpleUploadedFile("scan.txt", b"text")
    client_of_owner.post(url, {"uploaded": [file], "paper_place": "3 号柜"})
    found = added(customer)
    edit = reverse("files:edit", args=[found.pk])
    client_of_owner.post(edit, {"name": "合同", "paper_place": "5 号柜"})
    found.refresh_from_db()
    assert (found.name, found.paper_place) == ("合同.txt", "5 号柜")


def test_given_a_file_in_the_trash_when_restored_then_it_is_back(
    client_of_owner: Client, customer: Customer
) -> None:
    upload(client_of_owner, customer, "备忘.txt", b"text")
    file = examined(added(customer))
    client_of_owner.post(reverse("files:trash", args=[file.pk]))
    assert client_of_owner.get(reverse("files:file", args=[file.pk])).status_code == 404
    listed = reverse("files:trashed", args=["customer", customer.pk])
    assert "备忘.txt" in client_of_owner.get(listed).text
    client_of_owner.post(reverse("files:restore", args=[file.pk]))
    assert client_of_owner.get(reverse("files:file", args=[file.pk])).status_code == 302
    told = LoggedEvent.objects.filter(party_id=customer.pk, name__contains="File")
    assert [row.name for row in told.order_by("pk")] == [
        "customers.FileAdded",
        "customers.FileTrashed",
        "customers.FileRestored",
    ]
    # What it is called is not in the log: it goes with the file.
    assert all("备忘" not in str(row.payload) for row in told)


def test_given_a_merge_when_done_then_the_files_follow(
    client_of_owner: Client, customer: Customer, owner: User
) -> None:
    other = make_customer("王芳芳", owner=owner, team=owner.team)
    upload(client_of_owner, other, "备忘.txt", b"text")
    merge_customers(owner, customer, other, choices={}, at=now())
    assert added(customer).name == "备忘.txt"


def test_the_doctor_finds_what_is_missing_changed_or_left_over(
    client_of_owner: Client, customer: Customer
) -> None:
    upload(client_of_owner, customer, "备忘.txt", b"text")
    file = added(customer)
    assert (missing(), strays(now())) == ([], [])
    path = store.path_of(file.token)
    path.write_bytes(b"tekst"[:4])
    assert missing() == [str(file.pk)]
    path.unlink()
    assert missing() == [str(file.pk)]
    left = store.keep([b"left over"])
    assert strays(now()) == []
    yesterday = time.time() - 90_000
    os.utime(store.path_of(left.token), (yesterday, yesterday))
    assert strays(now()) == [store.path_of(left.token)]
    forget_strays(now())
    assert on_disk() == []
