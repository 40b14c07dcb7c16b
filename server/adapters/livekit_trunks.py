"""Our trunks as LiveKit SIP keeps them: what is there for us, what should be, and the steps from one to the other.

What is ours carries our mark in its metadata, and nothing else is touched: a LiveKit server may serve others.
"""

import ipaddress
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol, TypeVar

import msgspec
from google.protobuf.duration_pb2 import Duration
from livekit import api

from server.channels.phone.port import Trunk

RINGS = 40
"""Seconds a caller rings while no agent comes; LiveKit's own limit is three minutes."""
EMPTY, DEPARTURE = 30, 20
"""Seconds a caller's room stays open before anybody has come, and after everybody has left."""
ANY = "*"


class Mark(msgspec.Struct, frozen=True):
    """The metadata of what is ours: whose it is (the agent name of the house), and for which trunk."""

    parley: str
    trunk: str


class Kept(Protocol):
    """A trunk or a rule at LiveKit."""

    metadata: str


_Kept = TypeVar("_Kept", bound=Kept)


def mark(house: str, trunk: str) -> str:
    """Metadata for something of ours."""
    return msgspec.json.encode(Mark(house, trunk)).decode()


def trunk_of(house: str, metadata: str) -> str:
    """The trunk something was made for; empty when it is not ours."""
    try:
        read = msgspec.json.decode(metadata or "{}", type=Mark)
    except msgspec.DecodeError:
        return ""
    return read.trunk if read.parley == house else ""


def ours(house: str, kept: Iterable[_Kept]) -> dict[str, list[_Kept]]:
    """What is ours among all, by our trunk; more than one only after something went wrong."""
    found: dict[str, list[_Kept]] = {}
    for item in kept:
        trunk = trunk_of(house, item.metadata)
        if trunk:
            found.setdefault(trunk, []).append(item)
    return found


def sources(trunk: Trunk) -> list[str]:
    """Addresses that may call in: those allowed, else its own, when that is no name."""
    if trunk.allowed:
        return list(trunk.allowed)
    host = trunk.address.rpartition(":")[0] if trunk.address.count(":") == 1 else trunk.address
    try:
        return [str(ipaddress.ip_address(host.strip("[]")))]
    except ValueError:
        return []


def asks(trunk: Trunk) -> bool:
    """Whether callers by it must know its password."""
    return bool(trunk.challenge and trunk.username and trunk.password)


def trouble(trunk: Trunk) -> str:
    """What LiveKit SIP cannot do for a trunk, and what to change; empty when it can do all."""
    if trunk.register:
        return (
            "LiveKit SIP does not register; let this trunk go by the edge, or have calls sent to an address."
        )
    if trunk.numbers and not asks(trunk) and not sources(trunk):
        return "Nobody may call in: add the provider's addresses to those allowed, or ask for a password."
    return ""


def inbound(house: str, trunk: Trunk) -> api.SIPInboundTrunkInfo | None:
    """For its callers; None when nobody may call in by it."""
    if not trunk.numbers or not (asks(trunk) or sources(trunk)):
        return None
    numbers = [] if ANY in trunk.numbers else sorted(trunk.numbers)
    return api.SIPInboundTrunkInfo(
        name=trunk.name,
        metadata=mark(house, trunk.id),
        numbers=numbers,
        allowed_addresses=sources(trunk),
        auth_username=trunk.username if asks(trunk) else "",
        auth_password=trunk.password if asks(trunk) else "",
        include_headers=api.SIPHeaderOptions.SIP_X_HEADERS,
        ringing_timeout=Duration(seconds=RINGS),
    )


def outbound(house: str, trunk: Trunk) -> api.SIPOutboundTrunkInfo | None:
    """For calls out; None when there is nowhere to send them."""
    if not trunk.address:
        return None
    return api.SIPOutboundTrunkInfo(
        name=trunk.name,
        metadata=mark(house, trunk.id),
        address=trunk.address,
        from_host=trunk.domain,
        numbers=[trunk.caller_id or ANY],
        auth_username=trunk.username,
        auth_password=trunk.password,
        headers=dict(trunk.headers),
        include_headers=api.SIPHeaderOptions.SIP_X_HEADERS,
    )


def rule(house: str, trunk: Trunk, inbound_id: str) -> api.SIPDispatchRuleInfo:
    """Each caller of a trunk gets a room of her own, and an agent who is told which trunk it was."""
    return api.SIPDispatchRuleInfo(
        name=trunk.name,
        metadata=mark(house, trunk.id),
        trunk_ids=[inbound_id],
        rule=api.SIPDispatchRule(
            dispatch_rule_individual=api.SIPDispatchRuleIndividual(room_prefix=f"{trunk.id}-")
        ),
        room_config=api.RoomConfiguration(
            empty_timeout=EMPTY,
            departure_timeout=DEPARTURE,
            agents=[api.RoomAgentDispatch(agent_name=house, metadata=mark(house, trunk.id))],
        ),
    )


Info = api.SIPInboundTrunkInfo | api.SIPOutboundTrunkInfo | api.SIPDispatchRuleInfo


@dataclass(frozen=True)
class Steps:
    """How what is there becomes what is wanted, by trunk; the values are LiveKit's ids."""

    create: Sequence[str]
    replace: Mapping[str, str]
    keep: Mapping[str, str]
    delete: Sequence[Info]


_FIELDS_OF_LIVEKIT = ("sip_trunk_id", "sip_dispatch_rule_id", "created_at", "updated_at", "media")
"""What LiveKit adds to what we say. We say nothing about media."""
_Info = TypeVar("_Info", api.SIPInboundTrunkInfo, api.SIPOutboundTrunkInfo, api.SIPDispatchRuleInfo)


def steps(found: Mapping[str, list[_Info]], wanted: Mapping[str, _Info]) -> Steps:
    """Compare what was `found` with what is wanted."""
    create: list[str] = []
    delete: list[Info] = []
    replace: dict[str, str] = {}
    keep: dict[str, str] = {}
    for trunk, info in wanted.items():
        first = next(iter(found.get(trunk, ())), None)
        if first is None:
            create.append(trunk)
        elif _bare(first) == _bare(info):
            keep[trunk] = id_of(first)
        else:
            replace[trunk] = id_of(first)
    for trunk, infos in found.items():
        delete += infos[1:] if trunk in wanted else infos
    return Steps(create, replace, keep, delete)


def id_of(info: Info) -> str:
    """LiveKit's id."""
    return info.sip_dispatch_rule_id if isinstance(info, api.SIPDispatchRuleInfo) else info.sip_trunk_id


def _bare(info: _Info) -> _Info:
    bare = type(info)()
    bare.CopyFrom(info)
    known = {field.name for field in bare.DESCRIPTOR.fields}
    for name in _FIELDS_OF_LIVEKIT:
        if name in known:
            bare.ClearField(name)
    return bare
