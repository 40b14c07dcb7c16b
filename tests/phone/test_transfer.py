"""Calls that are given to somebody else."""

import asyncio

import pytest

from server.channels.phone.port import TransferOutcome
from tests.phone.caller import Call, Phone
from tests.phone.edges import House, Taken
from tests.phone.sip_text import header
from tests.phone.test_calls_out import dialled


async def up(house: House, phone: Phone) -> tuple[Call, Taken]:
    """A call."""
    call = await phone.call(house.uri())
    await call.up()
    return call, await house.call()


async def notify(call: Call, *codes: int) -> None:
    """What became of the target, step by step."""
    for code in codes:
        status = await call.request(
            "NOTIFY", f"SIP/2.0 {code} So\r\n", Event="refer", Subscription_State="active;expires=60"
        )
        assert status == 200


async def refer_of(call: Call) -> str:
    """Wait for the REFER, and say where to."""
    await call.until(lambda: any(m[0].startswith("REFER") for m in call.requests))
    return header(next(m for m in call.requests if m[0].startswith("REFER")), "Refer-To")


async def test_a_caller_is_given_to_another_number(house: House, phone: Phone) -> None:
    call, taken = await up(house, phone)
    transfer = asyncio.create_task(taken.leg.transfer("+15550123", 20))
    assert await refer_of(call) == f"<sip:+15550123@127.0.0.1:{phone.port}>"
    await notify(call, 100, 180, 200)
    assert await transfer == TransferOutcome("ok", 200)
    assert await call.over() == "bye"
    assert taken.ends == [("transferred", 0)]


@pytest.mark.parametrize(
    ("code", "outcome"),
    [
        (486, "busy"),
        (600, "busy"),
        (480, "no_answer"),
        (408, "no_answer"),
        (487, "no_answer"),
        (603, "refused"),
        (503, "error"),
    ],
)
async def test_the_target_cannot_be_had_and_the_caller_comes_back(
    house: House, phone: Phone, code: int, outcome: str
) -> None:
    call, taken = await up(house, phone)
    transfer = asyncio.create_task(taken.leg.transfer("sip:desk@127.0.0.1", 20))
    assert await refer_of(call) == "<sip:desk@127.0.0.1>"
    await notify(call, 100, code)
    assert await transfer == TransferOutcome(outcome, code, "So")
    assert not taken.ends
    await call.hang_up()


async def test_the_provider_refuses_to_transfer(house: House, phone: Phone) -> None:
    call, taken = await up(house, phone)
    call.refuses_refer = 603
    assert await taken.leg.transfer("1", 20) == TransferOutcome("refused", 603, "So")
    assert not taken.ends
    call.refuses_refer = 0
    transfer = asyncio.create_task(taken.leg.transfer("2", 20))
    await notify(call, 200)
    assert (await transfer).outcome == "ok"


async def test_nobody_says_what_became_of_it(house: House, phone: Phone) -> None:
    call, taken = await up(house, phone)
    outcome = await taken.leg.transfer("1", 0.5)
    assert outcome.outcome == "unknown"
    assert not taken.ends
    await call.hang_up()


async def test_the_provider_hangs_up_once_it_took_the_transfer(house: House, phone: Phone) -> None:
    call, taken = await up(house, phone)
    transfer = asyncio.create_task(taken.leg.transfer("1", 20))
    await refer_of(call)
    await asyncio.sleep(0.1)
    await call.hang_up()
    assert (await transfer).outcome == "ok"
    assert taken.ends == [("transferred", 0)]


async def test_the_caller_hangs_up_before_anybody_took_it(house: House, phone: Phone) -> None:
    call, taken = await up(house, phone)
    call.refuses_refer = 100
    transfer = asyncio.create_task(taken.leg.transfer("1", 20))
    await refer_of(call)
    await call.hang_up()
    assert (await transfer).outcome == "error"
    assert taken.ends == [("caller_hung_up", 0)]


async def test_one_transfer_at_a_time_and_none_without_a_call(house: House, phone: Phone) -> None:
    call, taken = await up(house, phone)
    first = asyncio.create_task(taken.leg.transfer("1", 0.5))
    await refer_of(call)
    assert (await taken.leg.transfer("2", 1)).outcome == "error"
    await first
    await call.hang_up()
    await taken.over()
    assert (await taken.leg.transfer("2", 1)).outcome == "error"


async def test_who_was_called_is_given_on_too(house: House, phone: Phone) -> None:
    taken, call = await dialled(house, phone)
    await call.answer()
    await taken.leg.answer()
    transfer = asyncio.create_task(taken.leg.transfer("7", 20))
    await refer_of(call)
    call.sequence = 100
    await notify(call, 200)
    assert (await transfer).outcome == "ok"
    assert await call.over() == "bye"
