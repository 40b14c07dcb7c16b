"""Providers that want us to register."""

import pytest

from server.channels.phone.port import Trunk
from server.channels.phone.registration import Pauses
from tests.phone.caller import Phone
from tests.phone.edges import House, edge_house, until
from tests.phone.registrar import Registrar
from tests.phone.sip_text import header

QUICK = Pauses(first=0.05, longest=0.2, refused=0.1)


def account(registrar: Registrar, **more: object) -> Trunk:
    """An account at a registrar."""
    given: dict[str, object] = {
        "username": "acc",
        "password": "secret",
        "numbers": ("acc",),
        "register": True,
    }
    return Trunk(id="acc", address=f"127.0.0.1:{registrar.port}", **(given | more))  # type: ignore[arg-type]


def states(house: House) -> list[str]:
    """What we were told, one after the other."""
    return [registration.state for registration in house.registrations]


async def test_we_register_and_are_called_and_leave() -> None:
    async with Registrar("secret") as registrar:
        async with edge_house(account(registrar)) as house, Phone() as phone:
            await until(lambda: "registered" in states(house))
            contact = header(registrar.came[-1], "Contact").strip("<>")
            assert contact == f"sip:acc@127.0.0.1:{house.edge.port}"
            assert house.registrations[-1].until > 0
            call = await phone.call(contact)
            await call.up()
            assert house.calls[0].leg.callee == "acc"
            await call.hang_up()
        assert registrar.expiries[-1] == "0"
        assert states(house) == ["registering", "registered", "off"]


async def test_it_is_renewed_before_it_runs_out() -> None:
    async with Registrar() as registrar:
        registrar.grants = 1
        async with edge_house(account(registrar)) as house:
            await until(lambda: len(registrar.came) >= 3)
            assert set(states(house)) == {"registering", "registered"}
            assert len({header(m, "Call-ID") for m in registrar.came}) == 1
            numbers = [int(header(m, "CSeq").split()[0]) for m in registrar.came]
            assert numbers == sorted(set(numbers))


async def test_the_wrong_password_is_told_and_tried_again_with_patience() -> None:
    async with Registrar("other") as registrar, edge_house(account(registrar), pauses=QUICK) as house:
        await until(lambda: states(house).count("failed") >= 3)
        assert "403" in house.registrations[-1].detail and "password" in house.registrations[-1].detail
        assert not {"registered"} & set(states(house))
        registrar.wants = "secret"
        await until(lambda: "registered" in states(house))


async def test_a_registrar_that_is_silent() -> None:
    async with Registrar() as registrar, edge_house(account(registrar), pauses=QUICK) as house:
        registrar.mute = True
        await until(lambda: "failed" in states(house))
        assert "does not answer" in house.registrations[-1].detail
        assert len(registrar.came) > 3
        registrar.mute = False
        await until(lambda: "registered" in states(house))


async def test_a_registrar_that_wants_it_longer() -> None:
    async with Registrar() as registrar, edge_house(account(registrar, expires=60)) as house:
        registrar.least = 900
        await until(lambda: "registered" in states(house))
        assert registrar.expiries == ["60", "900"]


async def test_a_registration_that_is_lost_comes_back() -> None:
    async with Registrar() as registrar:
        registrar.grants = 1
        async with edge_house(account(registrar), pauses=QUICK) as house:
            await until(lambda: "registered" in states(house))
            registrar.refuses = 503
            await until(lambda: "failed" in states(house))
            registrar.refuses = 0
            await until(lambda: states(house)[-1] == "registered")


async def test_a_trunk_that_goes_is_unregistered_and_a_changed_one_registers_anew() -> None:
    async with Registrar() as registrar, edge_house(account(registrar)) as house:
        await until(lambda: "registered" in states(house))
        house.edge.trunks((account(registrar, username="new", numbers=("new",)),))
        await until(lambda: any("sip:new@" in header(m, "From") for m in registrar.came))
        await until(lambda: registrar.expiries.count("0") == 1)
        house.edge.trunks(())
        await until(lambda: registrar.expiries.count("0") == 2)
        assert house.edge.registrations == ()


async def test_a_name_that_leads_nowhere() -> None:
    trunk = Trunk(id="x", address="no-such-host.invalid", username="a", register=True)
    async with edge_house(trunk, pauses=QUICK) as house:
        await until(lambda: "failed" in states(house))
        assert "no address" in house.registrations[-1].detail


@pytest.mark.parametrize("algorithm", ["MD5"])
async def test_the_account_is_what_we_say_we_are(algorithm: str) -> None:
    async with Registrar("secret") as registrar:
        async with edge_house(account(registrar, domain="voice.example")) as house:
            await until(lambda: "registered" in states(house))
        assert registrar.came[0][0] == "REGISTER sip:voice.example SIP/2.0"
        assert "<sip:acc@voice.example>" in header(registrar.came[0], "To")
        assert algorithm in header(registrar.came[1], "Authorization")


async def test_another_number_leaves_the_registration_alone() -> None:
    async with Registrar("secret") as registrar, Phone() as phone, edge_house(account(registrar)) as house:
        await until(lambda: "registered" in states(house))
        asked = len(registrar.came)
        house.edge.trunks((account(registrar, numbers=("acc", "720"), caller_id="720"),))
        call = await phone.call(f"sip:720@127.0.0.1:{house.edge.port}")
        await call.up()
        assert house.calls[0].leg.callee == "720", "the number is served"
        assert (len(registrar.came), states(house)) == (asked, ["registering", "registered"])
        await call.hang_up()


async def test_who_changes_leaves_before_coming_again() -> None:
    async with Registrar("secret") as registrar, edge_house(account(registrar)) as house:
        await until(lambda: "registered" in states(house))
        for expires in (60, 90, 120):
            house.edge.trunks((account(registrar, expires=expires),))
        await until(lambda: "120" in registrar.expiries and states(house)[-1] == "registered")
        assert registrar.expiries.index("0") < registrar.expiries.index("120")
        assert "0" not in registrar.expiries[registrar.expiries.index("120") :]
        assert states(house)[-3:] == ["off", "registering", "registered"]


async def test_who_goes_before_the_answer_is_taken_back_all_the_same() -> None:
    async with Registrar() as registrar, edge_house(account(registrar)) as house:
        await until(lambda: "registered" in states(house))
        registrar.mute = True
        house.edge.trunks((account(registrar, expires=90),))
        await until(lambda: "90" in registrar.expiries)
        before = len(registrar.came)
        house.edge.trunks(())
        await until(lambda: "0" in registrar.expiries[before:])


async def test_who_was_refused_has_nothing_to_take_back() -> None:
    async with Registrar("other") as registrar:
        async with edge_house(account(registrar)) as house:
            await until(lambda: "failed" in states(house))
        assert "0" not in registrar.expiries
