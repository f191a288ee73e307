"""The settings of the tests: a data folder of their own, and nothing slow."""

import atexit
import os
import shutil
import tempfile

# Made once by the first process of a run; the parallel workers inherit it.
if "GUANXI_TEST_HOME" not in os.environ:
    os.environ["GUANXI_TEST_HOME"] = tempfile.mkdtemp(prefix="guanxi-test-")
    atexit.register(shutil.rmtree, os.environ["GUANXI_TEST_HOME"], ignore_errors=True)
os.environ["GUANXI_HOME"] = os.environ["GUANXI_TEST_HOME"]

from guanxi.config.settings import *  # noqa: F403 -- reads GUANXI_HOME

# Known, so that what it seals can be compared; a real one is made at the first start.
KEY_RING = (
    '{"format": 1, "active": "test", "keys": [{"id": "test", "made_at":'
    ' "2026-01-01T00:00:00+00:00", "seal": "c2VhbC1rZXktb2YtdGVzdHMtMzItYnl0ZXMtbG9uZyE",'
    ' "index": "aW5kZXgta2V5LW9mLXRlc3RzLTMyLWJ5dGVzLWxvbmc"}]}'
)
# What a test writes is rolled back; a file would remember it.
ACCESS_HEAD_FILE = ""
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES["staticfiles"] = {  # noqa: F405 -- from the settings
    "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
}
# Else whitenoise warns that there are no collected files.
STATIC_ROOT.mkdir(parents=True, exist_ok=True)  # noqa: F405 -- from the settings
# A parallel worker has its own database, whose numbers are in the names of files.
_WORKER = os.environ.get("PYTEST_XDIST_WORKER", "alone")
FILES_ROOT = FILES_ROOT / _WORKER  # noqa: F405 -- from the settings
WAREHOUSE_ROOT = WAREHOUSE_ROOT / _WORKER  # noqa: F405 -- from the settings
TOMBSTONES = FILES_ROOT.with_suffix(".erased.jsonl")
STORAGES["default"] = {  # noqa: F405 -- from the settings
    "BACKEND": "django.core.files.storage.FileSystemStorage",
    "OPTIONS": {"location": FILES_ROOT},
}
