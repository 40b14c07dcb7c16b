"""Quotas, buckets and slots."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.kit.errors import ApiError, ErrorCode
from server.kit.limits import Bucket, Quota, Slots, network_of


async def test_a_quota_counts_each_identity_by_itself() -> None:
    quota = Quota("test", 3, 60)
    for _ in range(3):
        await quota.take("one")
    await quota.take("two")
    with pytest.raises(ApiError) as caught:
        await quota.take("one")
    assert caught.value.code is ErrorCode.RATE_LIMITED
    assert 1 <= int(caught.value.headers["Retry-After"]) <= 61
    assert caught.value.details["limit"] == 3


async def test_a_quota_of_nothing_sets_no_limit() -> None:
    quota = Quota("test", 0, 60)
    for _ in range(1000):
        await quota.take("one")


@given(st.lists(st.floats(0, 2), min_size=1, max_size=60), st.integers(1, 5), st.integers(1, 5))
def test_a_bucket_never_gives_more_than_its_rate_allows(pauses: list[float], rate: int, burst: int) -> None:
    now, given_out = 0.0, 0
    bucket = Bucket(rate, burst, now)
    for pause in pauses:
        now += pause
        given_out += bucket.take(now)
        assert given_out <= burst + rate * now + 1e-6


def test_a_bucket_fills_again_and_one_without_rate_never_empties() -> None:
    bucket = Bucket(2, 1, 0.0)
    assert [bucket.take(0.0), bucket.take(0.1), bucket.take(0.6)] == [True, False, True]
    free = Bucket(0, 1, 0.0)
    assert all(free.take(0.0) for _ in range(100))


def test_slots_are_limited_each_and_in_all_and_come_back() -> None:
    slots = Slots(each=2, total=3)
    assert [slots.take("a"), slots.take("a"), slots.take("a")] == [True, True, False]
    assert [slots.take("b"), slots.take("b")] == [True, False]
    assert slots.held == 3
    slots.give_back("a")
    assert slots.take("b")
    for identity in ("a", "b", "b"):
        slots.give_back(identity)
    assert slots.held == 0


@pytest.mark.parametrize(
    ("address", "identity"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3::4", "2001:db8:1:2::"),
        ("2001:db8:1:2::ffff", "2001:db8:1:2::"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("fe80::1%eth0", "fe80::"),
        ("unix", "unix"),
    ],
)
def test_a_household_is_one_identity(address: str, identity: str) -> None:
    assert network_of(address) == identity
