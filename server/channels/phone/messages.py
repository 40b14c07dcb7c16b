"""SIP messages as we read and write them: what must be there, and the parts every message of ours has."""

import secrets

from aiosipua import Address, SipMessage, SipRequest, SipResponse, SipUri, parse_uri

from engine import VERSION

ALLOW = "INVITE, ACK, CANCEL, BYE, OPTIONS, NOTIFY, UPDATE"
AGENT = f"Parley/{VERSION}"
LARGEST = 65_535
PHRASES = {
    100: "Trying",
    180: "Ringing",
    200: "OK",
    400: "Bad Request",
    401: "Unauthorized",
    403: "Forbidden",
    404: "Not Found",
    405: "Method Not Allowed",
    408: "Request Timeout",
    415: "Unsupported Media Type",
    420: "Bad Extension",
    480: "Temporarily Unavailable",
    481: "Call/Transaction Does Not Exist",
    482: "Loop Detected",
    483: "Too Many Hops",
    486: "Busy Here",
    487: "Request Terminated",
    488: "Not Acceptable Here",
    489: "Bad Event",
    491: "Request Pending",
    500: "Server Internal Error",
    503: "Service Unavailable",
    603: "Decline",
}


class Malformed(ValueError):
    """A request that cannot be served; ``reply`` says so where enough of it could be read."""

    def __init__(self, what: str, reply: SipResponse | None) -> None:
        super().__init__(what)
        self.reply = reply


def new_tag() -> str:
    """For From and To, and for Call-IDs."""
    return secrets.token_hex(8)


def new_branch() -> str:
    """RFC 3261 section 8.1.1.7."""
    return "z9hG4bK" + secrets.token_hex(8)


def read(data: bytes) -> SipRequest | SipResponse:
    """Parse a datagram. Raises `Malformed` for what is no request or answer we can treat."""
    try:
        message = SipMessage.parse(data)
    except (ValueError, IndexError, RecursionError) as error:
        raise Malformed(str(error), None) from error
    answerable = False
    try:
        _check_via(message)
        answerable = isinstance(message, SipRequest) and message.method != "ACK"
        _check(message)
    except (ValueError, IndexError, AttributeError) as error:
        reply = answer(message, 400) if answerable and isinstance(message, SipRequest) else None
        raise Malformed(str(error), reply) from error
    return message


def _check_via(message: SipRequest | SipResponse) -> None:
    """Without it nobody knows where an answer goes."""
    vias = message.via
    if not vias:
        raise ValueError("via is missing")
    if not vias[0].host or (vias[0].port is not None and not 0 < vias[0].port < 65_536):
        raise ValueError("Via cannot be read")


def _check(message: SipRequest | SipResponse) -> None:
    for name in ("from", "to", "call-id", "cseq"):
        if not message.headers.get_first(name):
            raise ValueError(f"{name} is missing")
    cseq = message.cseq
    if cseq is None or not cseq.method or not 0 <= cseq.seq < 2**32:
        raise ValueError("CSeq cannot be read")
    for address in (message.from_addr, message.to_addr, *message.contact):
        if address is not None and address.uri.port is not None and not 0 < address.uri.port < 65_536:
            raise ValueError("An address cannot be read")
    length = message.headers.get_first("content-length")
    if length is not None and int(length) > len(message.body):
        raise ValueError("The body is cut off")
    if isinstance(message, SipRequest):
        if cseq.method != message.method:
            raise ValueError("CSeq names another method")
        if not message.uri.lower().startswith(("sip:", "sips:", "tel:")):
            raise ValueError("The address asked for is none of SIP")
        hops = message.headers.get_first("max-forwards")
        if hops is not None and not 0 <= int(hops) <= 255:
            raise ValueError("Max-Forwards cannot be read")
    elif not 100 <= message.status_code < 700:
        raise ValueError("The status cannot be read")


def answer(request: SipRequest, code: int, phrase: str = "", tag: str = "") -> SipResponse:
    """An answer with what RFC 3261 section 8.2.6 asks for; ``tag`` goes into To where it has none."""
    reply = SipResponse(status_code=code, reason_phrase=phrase or PHRASES.get(code, "Failure"))
    for via in request.headers.get("via"):
        reply.headers.append("Via", via)
    for name in ("From", "To", "Call-ID", "CSeq"):
        value = request.headers.get_first(name)
        if value is not None:
            reply.headers.set_single(name, value)
    to = reply.headers.get_first("to") or ""
    if tag and code > 100 and ";tag=" not in to.replace(" ", "").lower():
        reply.headers.set_single("To", f"{to};tag={tag}")
    if 100 < code < 300:
        for route in request.headers.get("record-route"):
            reply.headers.append("Record-Route", route)
    reply.headers.set_single("Server", AGENT)
    return reply


def branch_of(message: SipRequest | SipResponse) -> str:
    """The first Via's branch."""
    return message.via[0].branch or ""


def tag_of(address: Address | None) -> str:
    """A tag, empty without one."""
    return (address.tag or "") if address is not None else ""


def user_of(uri: SipUri | str) -> str:
    """Whom an address names: a number or a name, without parameters of the user part."""
    parsed = parse_uri(uri) if isinstance(uri, str) else uri
    if parsed.user is None:
        text = uri if isinstance(uri, str) else parsed.host
        return text.removeprefix("tel:").split(";")[0] if text.startswith("tel:") else ""
    return parsed.user.split(":")[0].split(";")[0]


def put_headers(message: SipRequest | SipResponse, headers: dict[str, str]) -> None:
    """Add headers that somebody gave us. Line breaks are taken out, and none of those that steer the call
    can be set."""
    for name, value in headers.items():
        if name.lower() in STEERING or not name.replace("-", "").isalnum():
            continue
        message.headers.set_single(name, " ".join(value.split()))


STEERING = frozenset(
    [
        "via",
        "from",
        "to",
        "call-id",
        "cseq",
        "max-forwards",
        "contact",
        "route",
        "record-route",
        "content-length",
        "content-type",
        "allow",
        "authorization",
        "proxy-authorization",
        "www-authenticate",
        "proxy-authenticate",
        "require",
        "proxy-require",
    ]
)


def headers_of(request: SipRequest) -> dict[str, str]:
    """A request's headers by lower-case name, first value each: the far side's word, no more."""
    return {name.lower(): values[0] for name, values in request.headers.items() if values}
