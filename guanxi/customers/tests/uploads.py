"""Files at customers, as tests bring them."""

import io

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from PIL import Image

from guanxi.customers.models import Customer
from guanxi.foundation.files import store
from guanxi.foundation.files.jobs import examine
from guanxi.foundation.models import StoredFile

State = StoredFile.State


def upload(client: Client, customer: Customer, name: str, content: bytes) -> int:
    """Send a file through the door of pages; return the status."""
    file = SimpleUploadedFile("x", content)
    # Set afterwards: the class itself keeps only the last part of a name.
    file._name = name  # type: ignore[attr-defined]  # -- Django does not tell of it
    url = reverse("files:upload", args=["customer", customer.pk])
    answer = client.post(url, {"files": file}, headers={"HX-Request": "true"})
    return answer.status_code


def added(customer: Customer) -> StoredFile:
    return StoredFile.objects.get(kind="customer", record_id=customer.pk)


def examined(file: StoredFile) -> StoredFile:
    examine(file_id=file.pk)
    file.refresh_from_db()
    return file


def on_disk() -> list[str]:
    return sorted(path.name for path in store.contents())


def photo(size: tuple[int, int] = (80, 40), form: str = "JPEG") -> bytes:
    """Return a picture that says where it was taken, lying on its side."""
    picture = Image.new("RGB", size, "red")
    traces = Image.Exif()
    traces[0x0112] = 6
    traces[0x010F] = "SecretCamera"
    traces.get_ifd(0x8825)[1] = "N"
    out = io.BytesIO()
    picture.save(out, form, exif=traces)
    return out.getvalue()
