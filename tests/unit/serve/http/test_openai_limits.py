"""A tenant gets what it may use, no more, and is told when to come back."""

import pytest

from interview.errors import Overloaded
from serve.http.openai import tenant_limits
from serve.http.openai.tenant_limits import TenantLimiter, TenantLimits


class Clock:
    def __init__(self) -> None:
        self.now_s = 100.0

    def __call__(self) -> float:
        return self.now_s


@pytest.fixture
def clock() -> Clock:
    return Clock()


def limiter(clock: Clock, **changes: float) -> TenantLimiter:
    settings = {"max_concurrent": 2, "requests_per_minute": 60.0, "burst": 3, **changes}
    return TenantLimiter(TenantLimits(**settings), clock=clock)  # type: ignore[arg-type]


def spend(limiter: TenantLimiter, tenant: str) -> None:
    with limiter.admit(tenant):
        pass


def test_a_burst_is_allowed_and_then_the_rate_holds(clock: Clock) -> None:
    limits_ = limiter(clock)
    for _ in range(3):
        spend(limits_, "a")
    with pytest.raises(Overloaded) as refused:
        spend(limits_, "a")
    assert refused.value.retry_after_s == pytest.approx(1.0)
    clock.now_s += refused.value.retry_after_s
    spend(limits_, "a")
    with pytest.raises(Overloaded):
        spend(limits_, "a")


def test_asking_too_often_does_not_push_the_next_turn_away(clock: Clock) -> None:
    limits_ = limiter(clock, burst=1)
    spend(limits_, "a")
    for _ in range(9):
        clock.now_s += 0.1
        with pytest.raises(Overloaded):
            spend(limits_, "a")
    clock.now_s += 0.11
    spend(limits_, "a")


def test_a_rest_earns_one_burst_and_not_more(clock: Clock) -> None:
    limits_ = limiter(clock)
    clock.now_s += 3600
    for _ in range(3):
        spend(limits_, "a")
    with pytest.raises(Overloaded):
        spend(limits_, "a")


def test_only_so_many_are_answered_at_once(clock: Clock) -> None:
    limits_ = limiter(clock)
    first, _second = limits_.admit("a"), limits_.admit("a")
    with pytest.raises(Overloaded, match="2 of your requests"):
        limits_.admit("a")
    first.release()
    first.release()
    assert limits_.running("a") == 1
    limits_.admit("a")


def test_one_tenant_does_not_pay_for_another(clock: Clock) -> None:
    limits_ = limiter(clock)
    for _ in range(3):
        spend(limits_, "greedy")
    spend(limits_, "modest")
    with pytest.raises(Overloaded):
        spend(limits_, "greedy")


def test_a_place_comes_back_when_the_work_fails_and_outlives_a_hand_over(clock: Clock) -> None:
    limits_ = limiter(clock)
    with pytest.raises(ZeroDivisionError), limits_.admit("a"):
        _ = 1 / 0
    assert limits_.running("a") == 0
    with limits_.admit("a") as lease:
        kept = lease.hand_over()
    assert limits_.running("a") == 1
    kept.release()
    assert limits_.running("a") == 0


def test_a_place_is_returned_when_its_request_fails(clock: Clock) -> None:
    limits_ = limiter(clock)
    with pytest.raises(ZeroDivisionError), limits_.admit("a") as lease:
        lease.hand_over()
        _ = 1 / 0
    assert limits_.running("a") == 0


def test_a_tenant_may_have_limits_of_its_own(clock: Clock) -> None:
    limits_ = TenantLimiter(TenantLimits(burst=1), overrides={"big": TenantLimits(burst=5)}, clock=clock)
    for _ in range(5):
        spend(limits_, "big")
    spend(limits_, "a")
    with pytest.raises(Overloaded):
        spend(limits_, "a")


def test_tenants_at_rest_are_forgotten_but_debts_and_running_work_are_not(
    clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tenant_limits, "MAX_REMEMBERED", 3)
    limits_ = limiter(clock)
    spend(limits_, "rested")
    clock.now_s += 60
    running = limits_.admit("running")
    for _ in range(3):
        spend(limits_, "indebted")
    spend(limits_, "new")
    assert set(limits_._accounts) == {"running", "indebted", "new"}
    running.release()


def test_limits_that_let_nothing_through_are_refused() -> None:
    with pytest.raises(ValueError, match="positive"):
        TenantLimits(burst=0)
