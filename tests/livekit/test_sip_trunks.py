"""Our trunks at a real LiveKit server: created, changed, removed, and nothing of anybody else's touched."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio
from livekit import api

from server.adapters.livekit_sip import NO_NODE, NO_REDIS, LiveKitSip, not_placed
from server.calls.ends import ENDS
from server.calls.ports import NotPlaced, RoomTrouble
from server.channels.phone.port import Trunk
from tests.livekit.harness import LiveKit

pytestmark = pytest.mark.asyncio(loop_scope="module")

PROVIDER = Trunk(
    "trk_provider",
    "The provider",
    "203.0.113.9:5060",
    domain="provider.example",
    username="house",
    password="secret",
    caller_id="+12025550123",
    numbers=("+12025550123", "+12025550124"),
    allowed=("203.0.113.0/24",),
    challenge=True,
    headers={"X-House": "one"},
)
BRANCH = Trunk("trk_branch", "The branch", "198.51.100.7", numbers=("*",))


@pytest_asyncio.fixture(loop_scope="module")
async def sip(sip_livekit: LiveKit) -> AsyncIterator[LiveKitSip]:
    """The adapter; what it left is removed."""
    made = LiveKitSip(sip_livekit.url, sip_livekit.key, sip_livekit.secret, "parley")
    yield made
    await made.serve(())
    await made.aclose()


async def at(livekit: LiveKit) -> tuple[list[Any], list[Any], list[Any]]:
    """The trunks in, the trunks out and the rules LiveKit has, as their names are in order."""
    async with livekit.api() as lives:
        found = (
            (await lives.sip.list_inbound_trunk(api.ListSIPInboundTrunkRequest())).items,
            (await lives.sip.list_outbound_trunk(api.ListSIPOutboundTrunkRequest())).items,
            (await lives.sip.list_dispatch_rule(api.ListSIPDispatchRuleRequest())).items,
        )
    first, second, third = (sorted(items, key=lambda item: item.name) for items in found)
    return first, second, third


async def test_a_trunk_becomes_one_in_one_out_and_a_rule(sip_livekit: LiveKit, sip: LiveKitSip) -> None:
    assert await sip.serve((PROVIDER,)) == {}
    [incoming], [outgoing], [rule] = await at(sip_livekit)
    assert list(incoming.numbers) == ["+12025550123", "+12025550124"]
    assert (incoming.auth_username, incoming.auth_password) == ("house", "secret")
    assert list(incoming.allowed_addresses) == ["203.0.113.0/24"]
    assert (outgoing.address, outgoing.from_host) == ("203.0.113.9:5060", "provider.example")
    assert (list(outgoing.numbers), dict(outgoing.headers)) == (["+12025550123"], {"X-House": "one"})
    assert list(rule.trunk_ids) == [incoming.sip_trunk_id]
    assert rule.rule.dispatch_rule_individual.room_prefix == "trk_provider-"
    assert [agent.agent_name for agent in rule.room_config.agents] == ["parley"]
    assert sip.trunk_of(incoming.sip_trunk_id) == "trk_provider" and sip.trunk_of("ST_other") == ""


async def test_once_more_changes_nothing(sip_livekit: LiveKit, sip: LiveKitSip) -> None:
    await sip.serve((PROVIDER, BRANCH))
    before = await at(sip_livekit)
    other = LiveKitSip(sip_livekit.url, sip_livekit.key, sip_livekit.secret, "parley")
    assert await other.serve((PROVIDER, BRANCH)) == {}
    await other.aclose()
    assert await at(sip_livekit) == before


async def test_a_change_keeps_its_id_and_what_is_gone_is_removed(
    sip_livekit: LiveKit, sip: LiveKitSip
) -> None:
    await sip.serve((PROVIDER, BRANCH))
    (branch, provider), _, rules = await at(sip_livekit)
    assert len(rules) == 2
    moved = Trunk("trk_provider", "Moved", "203.0.113.77", numbers=("+12025550199",))
    assert await sip.serve((moved,)) == {}
    [incoming], [outgoing], [rule] = await at(sip_livekit)
    assert incoming.sip_trunk_id == provider.sip_trunk_id != branch.sip_trunk_id
    assert (list(incoming.numbers), list(incoming.allowed_addresses)) == (["+12025550199"], ["203.0.113.77"])
    assert (incoming.auth_username, outgoing.auth_password) == ("", "")
    assert (rule.name, list(rule.trunk_ids)) == ("Moved", [incoming.sip_trunk_id])
    await sip.serve(())
    assert await at(sip_livekit) == ([], [], [])


async def test_what_others_keep_there_stays(sip_livekit: LiveKit, sip: LiveKitSip) -> None:
    neighbour = LiveKitSip(sip_livekit.url, sip_livekit.key, sip_livekit.secret, "neighbour")
    await neighbour.serve((BRANCH,))
    async with sip_livekit.api() as lives:
        by_hand = await lives.sip.create_inbound_trunk(
            api.CreateSIPInboundTrunkRequest(
                trunk=api.SIPInboundTrunkInfo(name="By hand", numbers=["+12025550188"], metadata="not JSON")
            )
        )
        await sip.serve((PROVIDER,))
        await sip.serve(())
        incoming, outgoing, rules = await at(sip_livekit)
        assert [info.name for info in incoming] == ["By hand", "The branch"]
        assert ([info.name for info in outgoing], len(rules)) == (["The branch"], 1)
        await lives.sip.delete_trunk(api.DeleteSIPTrunkRequest(sip_trunk_id=by_hand.sip_trunk_id))
    await neighbour.serve(())
    await neighbour.aclose()


async def test_doubles_of_ours_are_removed(sip_livekit: LiveKit, sip: LiveKitSip) -> None:
    await sip.serve((BRANCH,))
    _, [outgoing], _ = await at(sip_livekit)
    double = api.SIPOutboundTrunkInfo()
    double.CopyFrom(outgoing)
    double.sip_trunk_id = ""
    async with sip_livekit.api() as lives:
        await lives.sip.create_outbound_trunk(api.CreateSIPOutboundTrunkRequest(trunk=double))
    assert len((await at(sip_livekit))[1]) == 2
    await sip.serve((BRANCH,))
    assert len((await at(sip_livekit))[1]) == 1


async def test_what_livekit_does_not_take_is_the_trunks_trouble_alone(sip: LiveKitSip) -> None:
    same = Trunk("trk_same", "Same number", allowed=("192.0.2.1/32",), numbers=("+12025550123",))
    open_ = Trunk("trk_open", "Anybody", "sip.provider.example", numbers=("+12025550177",))
    registers = Trunk("trk_registers", "Extension", "192.0.2.2", register=True)
    troubles = await sip.serve((PROVIDER, same, open_, registers))
    assert set(troubles) == {"trk_same", "trk_open", "trk_registers"}
    assert "Conflicting" in troubles["trk_same"]
    assert "Nobody may call in" in troubles["trk_open"]
    assert "does not register" in troubles["trk_registers"]


async def test_without_a_sip_service_a_call_fails_by_name(sip: LiveKitSip) -> None:
    await sip.serve((PROVIDER,))
    with pytest.raises(NotPlaced, match=NO_NODE[:20]) as failure:
        await dial(sip, PROVIDER)
    assert (failure.value.reason, failure.value.code) == ("no_sip", 0)
    with pytest.raises(NotPlaced) as failure:
        await dial(sip, BRANCH)
    assert failure.value.reason == "trunk_unavailable"


async def test_a_livekit_without_redis_says_what_is_missing(livekit: LiveKit) -> None:
    sip = LiveKitSip(livekit.url, livekit.key, livekit.secret, "parley")
    with pytest.raises(RoomTrouble, match=NO_REDIS[:30]):
        await sip.serve((PROVIDER,))
    await sip.aclose()


async def test_a_livekit_that_is_away_says_so() -> None:
    sip = LiveKitSip("ws://127.0.0.1:1", "key", "secret" * 8, "parley")
    with pytest.raises(RoomTrouble, match="cannot be reached"):
        await sip.serve((PROVIDER,))
    await sip.aclose()


async def dial(sip: LiveKitSip, trunk: Trunk) -> None:
    """Call somebody."""
    await sip.dial("room", "callee", trunk, "+12025550199", caller_id="", ring=5.0, longest=60.0, headers={})


@pytest.mark.parametrize(
    ("error", "reason", "code"),
    [
        (api.SipCallError("failed", "", status=500, metadata={"sip_status_code": "486"}), "busy", 486),
        (api.SipCallError("failed", "", status=500, metadata={"sip_status_code": "603"}), "declined", 603),
        (api.SipCallError("failed", "", status=500, metadata={"sip_status_code": "480"}), "unavailable", 480),
        (api.SipCallError("failed", "", status=500, metadata={"sip_status_code": "408"}), "no_answer", 408),
        (
            api.SipCallError("failed", "", status=500, metadata={"sip_status_code": "503"}),
            "trunk_unavailable",
            503,
        ),
        (api.SipCallError("failed", "", status=500, metadata={"sip_status_code": "x"}), "trunk_error", 0),
        (api.ServerError("deadline_exceeded", "too late", status=408), "no_answer", 0),
        (
            api.ServerError("unavailable", "twirp error unknown: no response from servers", status=503),
            "no_sip",
            0,
        ),
        (api.ServerError("internal", "sip not connected (redis required)", status=500), "no_sip", 0),
        (api.ServerError("not_found", "requested sip trunk does not exist", status=404), "trunk_error", 0),
    ],
)
async def test_what_livekit_says_of_a_call_is_one_of_our_names(
    error: api.ServerError, reason: str, code: int
) -> None:
    failure = not_placed(error)
    assert (failure.reason, failure.code) == (reason, code)
    assert reason in ENDS
