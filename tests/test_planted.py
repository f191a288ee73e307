"""Each defect that ``make planted`` plants can still be planted."""

import pytest

from tests.planted.patches import HOUSE, PATCHES, Patch


@pytest.mark.parametrize("patch", PATCHES, ids=lambda patch: patch.name)
def test_the_place_of_a_planted_defect_is_there(patch: Patch) -> None:
    assert patch.is_applicable()
    assert patch.old != patch.new


@pytest.mark.parametrize("patch", PATCHES, ids=lambda patch: patch.name)
def test_the_tests_that_should_notice_are_there(patch: Patch) -> None:
    assert [name for name in patch.tests if not (HOUSE / name).is_file()] == []


def test_there_are_enough_of_them() -> None:
    assert len({patch.name for patch in PATCHES}) == len(PATCHES) >= 20
