"""What becomes of a file before it goes out: photos, PDFs, malware."""

import io
import socket
import socketserver
import struct
import threading
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from django.test import Client
from PIL import Image
from pytest_django import Settings

from guanxi.customers.models import Customer
from guanxi.customers.tests.uploads import (
    State,
    added,
    examined,
    on_disk,
    photo,
    upload,
)
from guanxi.foundation.clock import now
from guanxi.foundation.files import clamd, drawing, store
from guanxi.foundation.files.jobs import examine_waiting
from guanxi.foundation.files.signed import address_of
from guanxi.foundation.models import Notice
from guanxi.identity.models import User

EICAR = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"
PDF = b"""%PDF-1.4
1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj
2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj
3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 100]>>endobj
trailer<</Root 1 0 R>>
"""


@pytest.fixture(autouse=True)
def _own_folder(settings: Settings, tmp_path: Path) -> None:
    settings.FILES_ROOT = tmp_path


def huge_png() -> bytes:
    """Return a PNG whose header promises 200 million pixels."""
    small = photo((8, 8), "PNG")
    ihdr = struct.pack("!II", 20_000, 10_000)
    return small[:16] + ihdr + small[24:]


def test_given_a_photo_when_examined_then_upright_and_without_traces(
    client_of_owner: Client, customer: Customer
) -> None:
    upload(client_of_owner, customer, "门店.jpg", photo())
    before = added(customer)
    file = examined(added(customer))
    assert (file.state, file.has_picture) == (State.UNCHECKED, True)
    content = store.path_of(file.token).read_bytes()
    assert b"SecretCamera" not in content
    clean = Image.open(io.BytesIO(content))
    assert (clean.size, dict(clean.getexif())) == ((40, 80), {})
    assert file.token != before.token
    assert on_disk() == sorted(
        [file.token, f"{file.token}.preview", f"{file.token}.thumb"]
    )
    assert store.digest_of(file.token) == file.digest


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("huge.png", huge_png()),
        ("polyglot.gif", b"GIF89a/*" + b"\0" * 20 + b"*/=1;alert(1)//;"),
        ("cut.jpg", photo()[:200]),
    ],
)
def test_given_a_picture_that_cannot_be_read_when_examined_then_it_never_goes_out(
    client_of_owner: Client, customer: Customer, name: str, content: bytes
) -> None:
    assert upload(client_of_owner, customer, name, content) == 200
    file = examined(added(customer))
    assert file.state == State.BROKEN
    assert client_of_owner.get(address_of(file, file.added_by)).status_code == 400  # type: ignore[arg-type]  # -- who added it


def test_the_limit_of_pixels_is_reached_before_the_memory() -> None:
    assert drawing.MOST_PIXELS * 3 * 2 < drawing.MOST_MEMORY_BYTES


def test_given_a_pdf_when_examined_then_its_first_page_is_drawn(
    client_of_owner: Client, customer: Customer
) -> None:
    upload(client_of_owner, customer, "合同.pdf", PDF)
    file = examined(added(customer))
    assert (file.state, file.has_picture) == (State.UNCHECKED, True)
    with Image.open(store.path_of(file.token, ".preview")) as drawn:
        assert drawn.size == (1600, 800)
    # The document itself is as it came.
    assert store.path_of(file.token).read_bytes() == PDF


def test_given_a_damaged_pdf_when_examined_then_it_goes_out_without_a_picture(
    client_of_owner: Client, customer: Customer
) -> None:
    upload(client_of_owner, customer, "坏.pdf", b"%PDF-1.4 nothing")
    file = examined(added(customer))
    assert (file.state, file.has_picture) == (State.UNCHECKED, False)


class Scanner(socketserver.StreamRequestHandler):
    """What clamd does with INSTREAM, as far as its manual says."""

    def handle(self) -> None:
        word = self.rfile.read(1)
        while not word.endswith(b"\0"):
            word += self.rfile.read(1)
        if word == b"zPING\0":
            self.wfile.write(b"PONG\0")
            return
        content = b""
        while size := struct.unpack("!L", self.rfile.read(4))[0]:
            content += self.rfile.read(size)
            if len(content) > 100_000:
                self.wfile.write(b"INSTREAM size limit exceeded. ERROR\0")
                return
        is_bad = EICAR in content
        found = b"stream: Eicar-Test-Signature FOUND\0" if is_bad else b"stream: OK\0"
        self.wfile.write(found)


@pytest.fixture
def scanner(settings: Settings) -> Iterator[None]:
    """Serve a scanner on the loopback, and tell the house of it."""
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Scanner) as server:
        settings.CLAMD = f"127.0.0.1:{server.server_address[1]}"
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield
        server.shutdown()


@pytest.mark.usefixtures("scanner")
def test_given_malware_when_examined_then_locked_up_and_its_owner_told(
    client_of_owner: Client, customer: Customer, owner: User
) -> None:
    upload(client_of_owner, customer, "eicar.txt", EICAR)
    file = added(customer)
    # While it waits nobody gets it.
    assert client_of_owner.get(address_of(file, owner)).status_code == 400
    assert examined(file).state == State.INFECTED
    assert file.found == "Eicar-Test-Signature"
    assert client_of_owner.get(address_of(file, owner)).status_code == 400
    assert Notice.objects.get(user=owner).payload["name"] == "eicar.txt"


@pytest.mark.usefixtures("scanner")
def test_given_a_clean_file_when_examined_then_it_goes_out(
    client_of_owner: Client, customer: Customer, settings: Settings
) -> None:
    upload(client_of_owner, customer, "备忘.txt", "你好".encode())
    assert examined(added(customer)).state == State.CLEAN
    assert clamd.is_there(settings.CLAMD)


@pytest.mark.usefixtures("scanner")
def test_given_more_than_the_scanner_takes_when_examined_then_unchecked(
    client_of_owner: Client, customer: Customer
) -> None:
    upload(client_of_owner, customer, "大.txt", b"a" * 300_000)
    assert examined(added(customer)).state == State.UNCHECKED


def test_given_a_silent_scanner_when_examined_then_it_waits_and_is_queued_again(
    client_of_owner: Client,
    customer: Customer,
    settings: Settings,
) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        settings.CLAMD = f"127.0.0.1:{free.getsockname()[1]}"
    upload(client_of_owner, customer, "备忘.txt", b"text")
    assert examined(added(customer)).state == State.WAITING
    assert not clamd.is_there(settings.CLAMD)
    settings.CLAMD = ""
    examine_waiting(now() + timedelta(minutes=6))
    assert examined(added(customer)).state == State.UNCHECKED
