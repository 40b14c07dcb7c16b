"""Why lines end: a closed list of names. Whoever reports an end uses one of them."""

import msgspec


class End(msgspec.Struct, frozen=True):
    """``by``: ``caller``, ``callee``, ``agent`` or ``system``. ``fault``: whose it was, ``nobody`` for a good
    end. ``retry``: whether the same call may work later or elsewhere."""

    by: str
    words: str
    fault: str = "nobody"
    retry: bool = False


ENDS = {
    "caller_hung_up": End("caller", "The caller hung up."),
    "callee_hung_up": End("callee", "Who was called hung up."),
    "caller_gave_up": End("caller", "The caller gave up before the call was answered."),
    "agent_hung_up": End("agent", "The talk was over."),
    "we_hung_up": End("agent", "We ended the call."),
    "transferred": End("agent", "The call was given to somebody else."),
    "max_duration": End("system", "The call reached its longest duration."),
    "cancelled": End("system", "The call was called off before it was answered."),
    "no_answer": End("callee", "Nobody answered.", "callee", True),
    "busy": End("callee", "The number was busy.", "callee", True),
    "declined": End("callee", "The call was declined.", "callee"),
    "unavailable": End("callee", "Who was called cannot be reached now.", "callee", True),
    "no_such_number": End("callee", "There is no such number.", "caller"),
    "auth_failed": End("system", "The provider refused our credentials.", "us"),
    "refused_by_trunk": End("system", "The provider refused the call.", "us"),
    "no_common_codec": End("system", "No way to carry the sound was found.", "us"),
    "trunk_error": End("system", "The provider failed.", "provider", True),
    "trunk_unavailable": End("system", "The provider takes no calls now.", "provider", True),
    "trunk_unreachable": End("system", "The provider did not answer.", "network", True),
    "no_sip": End("system", "LiveKit has no telephone service that answers.", "us", True),
    "no_ack": End("caller", "The caller's side never confirmed the call.", "network", True),
    "no_media": End("caller", "No sound came any more.", "network", True),
    "no_agent": End("system", "No agent was free to take the call.", "us", True),
    "room_closed": End("system", "The room was closed.", "us", True),
    "edge_error": End("system", "The telephone edge failed.", "us", True),
    "edge_lost": End("system", "The process that held the line died.", "us", True),
    "line_lost": End("system", "The line could not be kept.", "us", True),
    "connection_lost": End("caller", "The caller's connection was lost.", "network", True),
    "full": End("system", "All lines were taken.", "us", True),
    "refused": End("system", "The call was not let in.", "caller"),
    "abandoned": End("system", "Nobody was left in the call."),
    "failed": End("system", "The call failed.", "us", True),
}
"""Every name."""


def end_of(name: str) -> End:
    """What a name means; an unknown one counts as our failure."""
    return ENDS.get(name, ENDS["failed"])
