"""The pages on which two customers become one."""

from typing import Any

import pytest

from guanxi.customers.models import Customer, Merge
from guanxi.customers.tests.factories import make_customer
from guanxi.customers.tests.pages import signed_in
from guanxi.foundation.actor import Depth
from guanxi.foundation.models import Access
from guanxi.identity.models import User
from guanxi.identity.tests.factories import make_role, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def pair(owner: User) -> tuple[Customer, Customer]:
    """Two records that share a phone."""
    facts: Any = {"owner": owner, "team": owner.team}
    one = make_customer("张伟", phone="13800138000", **facts)
    other = make_customer("张卫", phone="13800138000", industry="零售", **facts)
    return one, other


def _sent(pair: tuple[Customer, Customer], **choices: str) -> dict[str, str]:
    one, other = pair
    versions = {"survivor_version": one.version, "gone_version": other.version}
    numbers = {"target": other.pk, **versions}
    return {name: str(number) for name, number in numbers.items()} | choices


def test_given_a_likely_duplicate_when_choosing_then_it_is_offered_with_reasons(
    pair: tuple[Customer, Customer], owner: User
) -> None:
    page = signed_in(owner).get(f"/customers/{pair[0].pk}/merge/").content.decode()
    assert f'name="target" value="{pair[1].pk}" checked' in page
    assert "电话相同" in page


def test_given_two_when_compared_then_differences_are_choices_and_the_view_is_logged(
    pair: tuple[Customer, Customer], owner: User
) -> None:
    one, other = pair
    page = signed_in(owner).get(f"/customers/{one.pk}/merge/", {"target": other.pk})
    text = page.content.decode()
    assert 'name="name" value="survivor" checked' in text
    assert 'name="industry" value="gone" checked' in text
    assert 'name="phone"' not in text
    seen = Access.objects.get(act="view")
    assert seen.subject_ids == [one.pk, other.pk]
    assert seen.fields == ["phone"]


def test_given_choices_when_merged_then_the_page_offers_undo_and_undo_restores(
    pair: tuple[Customer, Customer], owner: User
) -> None:
    client = signed_in(owner)
    url = f"/customers/{pair[0].pk}/merge/"
    answer = client.post(url, _sent(pair, name="gone"), follow=True)
    merge = Merge.objects.get()
    undo = f"/customers/merges/{merge.pk}/undo/"
    assert undo in answer.content.decode()
    assert Customer.objects.get(pk=pair[0].pk).name == "张卫"
    answer = client.post(undo, follow=True)
    assert "已恢复原样" in answer.content.decode()
    assert Customer.objects.get(pk=pair[0].pk).name == "张伟"
    assert Customer.objects.kept().count() == 2


def test_given_a_merged_customer_when_opened_then_the_address_leads_to_the_survivor(
    pair: tuple[Customer, Customer], owner: User, stranger: User
) -> None:
    client = signed_in(owner)
    client.post(f"/customers/{pair[0].pk}/merge/", _sent(pair))
    answer = client.get(f"/customers/{pair[1].pk}/")
    assert (answer.status_code, answer["location"]) == (
        302,
        f"/customers/{pair[0].pk}/",
    )
    assert signed_in(stranger).get(f"/customers/{pair[1].pk}/").status_code == 404
    page = client.get("/customers/merges/").content.decode()
    assert "张卫" in page


def test_given_a_merged_customer_when_a_program_reads_it_then_it_is_told_where(
    pair: tuple[Customer, Customer], owner: User, stranger: User
) -> None:
    client = signed_in(owner)
    client.post(f"/customers/{pair[0].pk}/merge/", _sent(pair))
    path = f"/api/v1/customers/{pair[1].pk}"
    answer = client.get(path)
    assert (answer.status_code, answer["location"]) == (
        301,
        f"/api/v1/customers/{pair[0].pk}",
    )
    assert answer.json() == {"merged_into": pair[0].pk}
    assert signed_in(stranger).get(path).status_code == 404


def test_given_a_change_meanwhile_when_merged_then_the_page_says_so(
    pair: tuple[Customer, Customer], owner: User
) -> None:
    sent = _sent(pair) | {"gone_version": "0"}
    answer = signed_in(owner).post(f"/customers/{pair[0].pk}/merge/", sent)
    assert answer.status_code == 422
    assert "请重新对比" in answer.content.decode()
    assert not Merge.objects.exists()


def test_given_the_right_on_one_only_when_merging_then_it_is_refused(
    pair: tuple[Customer, Customer], owner: User
) -> None:
    """Seeing both, but working on one's own alone, is not enough to merge."""
    depths = {"customer.read": Depth.TEAM, "customer.merge": Depth.OWN}
    mate = make_user("队友", roles=[make_role(depths)], team=owner.team)
    mine = make_customer("张伟", owner=mate, team=owner.team)
    sent = _sent((mine, pair[0]))
    assert signed_in(mate).post(f"/customers/{mine.pk}/merge/", sent).status_code == 403
    sent = _sent((pair[0], mine))
    answer = signed_in(mate).post(f"/customers/{pair[0].pk}/merge/", sent)
    assert answer.status_code == 403


def test_given_masked_fields_when_compared_then_they_stay_masked_and_closed(
    pair: tuple[Customer, Customer], agent: User
) -> None:
    pair[1].id_number = "110105199003078888"
    pair[1].save()
    page = signed_in(agent).get(
        f"/customers/{pair[0].pk}/merge/", {"target": pair[1].pk}
    )
    text = page.content.decode()
    assert "110105199003078888" not in text
    assert 'name="id_number" value="gone" checked disabled' in text
