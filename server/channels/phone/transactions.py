"""The transaction layer: between the socket and what calls mean. Nothing that comes twice is acted on twice,
nothing of ours is lost with one datagram."""

from collections import Counter
from collections.abc import Callable

import structlog
from aiosipua import SipRequest, SipResponse

from server.channels.phone.client_transactions import Answered, ClientTransaction, Stage
from server.channels.phone.datagrams import Address, Datagrams, bracketed
from server.channels.phone.messages import (
    AGENT,
    LARGEST,
    Malformed,
    answer,
    new_branch,
    new_tag,
    read,
    tag_of,
)
from server.channels.phone.server_transactions import ServerTransaction, Timers

log = structlog.get_logger()
Key = tuple[str, ...]
MOST = 20_000
"""Transactions at once; more requests from outside are dropped, and counted."""


class Transactions:
    """``on_request`` gets each new request but ACK and CANCEL; ``on_ack`` each ACK that belongs to no refusal
    of ours; ``welcome`` says whether a source may have an answer at all. ``counts`` tells what was dropped."""

    def __init__(
        self,
        host: str,
        public_host: str,
        timers: Timers,
        *,
        welcome: Callable[[SipRequest | None, Address], bool],
        on_request: Callable[[ServerTransaction], None],
        on_ack: Callable[[SipRequest, Address], None],
    ) -> None:
        self.datagrams = Datagrams(host, public_host, self.received)
        self.timers = timers
        self.counts: Counter[str] = Counter()
        self._welcome = welcome
        self._on_request = on_request
        self._on_ack = on_ack
        self._served: dict[Key, ServerTransaction] = {}
        self._merged: dict[Key, ServerTransaction] = {}
        self._asked: dict[Key, ClientTransaction] = {}

    @property
    def open(self) -> int:
        """Transactions that are remembered, both ways."""
        return len(self._served) + len(self._asked)

    @property
    def waiting(self) -> bool:
        """Whether a request of ours has had no final answer yet."""
        return any(asked.stage in (Stage.CALLING, Stage.PROCEEDING) for asked in self._asked.values())

    # ---------------------------------------------------------------- in

    def received(self, data: bytes, source: Address) -> None:
        """A datagram."""
        if not data.strip(b"\r\n\0 \t"):
            return
        message: SipRequest | SipResponse | None = None
        try:
            message = read(data)
            if isinstance(message, SipResponse):
                self._response(message)
            else:
                self._request(message, source)
        except Malformed as error:
            self.counts["malformed"] += 1
            if error.reply is not None and self._welcome(None, source):
                self._send_reply(error.reply, source)
        except Exception as error:
            self.counts["failed"] += 1
            log.exception("a SIP message could not be handled", error=type(error).__name__)
            if isinstance(message, SipRequest) and message.method != "ACK":
                self._fail(message, source)

    def _fail(self, request: SipRequest, source: Address) -> None:
        """Nobody waits for ever because of a fault of ours."""
        served = self._served.get(_key(request, request.method))
        if served is not None:
            served.reply(500)
        elif self._welcome(request, source):
            self._send_reply(answer(request, 500, tag=new_tag()), source)

    def _response(self, reply: SipResponse) -> None:
        cseq = reply.cseq
        asked = self._asked.get((reply.via[0].branch or "", cseq.method if cseq else ""))
        if asked is None:
            self.counts["stray"] += 1
            return
        asked.received(reply)

    def _request(self, request: SipRequest, source: Address) -> None:
        key = _key(request, request.method)
        if request.method == "ACK":
            self._ack(request, source)
            return
        served = self._served.get(key)
        if served is not None:
            served.repeated()
            return
        if not self._welcome(request, source):
            self.counts["unwelcome"] += 1
            return
        if len(self._served) >= MOST:
            self.counts["crowded"] += 1
            return
        served = self._serve(key, request, source)
        if request.method == "CANCEL":
            self._cancel(request, served)
        elif self._is_merged(served):
            served.reply(482)
        else:
            self._on_request(served)

    def _serve(self, key: Key, request: SipRequest, source: Address) -> ServerTransaction:
        def forget(served: ServerTransaction) -> None:
            self._served.pop(key, None)
            merged = _merge_key(request)
            if self._merged.get(merged) is served:
                del self._merged[merged]

        served = ServerTransaction(request, source, self.timers, self._send_reply, forget)
        self._served[key] = served
        return served

    def _is_merged(self, served: ServerTransaction) -> bool:
        """Section 8.2.2.2: the same request by another way."""
        request = served.request
        if tag_of(request.to_addr):
            return False
        key = _merge_key(request)
        if key in self._merged:
            return True
        self._merged[key] = served
        return False

    def _cancel(self, request: SipRequest, served: ServerTransaction) -> None:
        invite = self._served.get(_key(request, "INVITE"))
        if invite is None:
            served.reply(481)
            return
        served.tag = invite.tag
        served.reply(200)
        invite.on_cancel(request)

    def _ack(self, request: SipRequest, source: Address) -> None:
        invite = self._served.get(_key(request, "INVITE"))
        if invite is not None:
            invite.acknowledge(request)
        else:
            self._on_ack(request, source)

    # ---------------------------------------------------------------- out

    def new_request(self, method: str, uri: str, address: Address) -> SipRequest:
        """A request to send to ``address``, with a Via of its own."""
        request = SipRequest(method=method, uri=uri)
        host = bracketed(self.datagrams.local(address[0]))
        request.headers.append("Via", f"SIP/2.0/UDP {host}:{self.datagrams.port};branch={new_branch()};rport")
        request.headers.set_single("Max-Forwards", "70")
        request.headers.set_single("User-Agent", AGENT)
        return request

    def ask(self, request: SipRequest, address: Address, on_answer: Answered) -> ClientTransaction:
        """Send a request (not an ACK) until it is answered."""

        def forget(asked: ClientTransaction) -> None:
            self._asked.pop(asked.key, None)

        asked = ClientTransaction(request, address, self.timers, self.send, forget, on_answer)
        self._asked[asked.key] = asked
        return asked

    def cancel(self, asked: ClientTransaction) -> None:
        """CANCEL an INVITE that somebody is working on (section 9.1)."""
        invite = asked.request
        cancel = SipRequest(method="CANCEL", uri=invite.uri)
        cancel.headers.append("Via", invite.headers.get("via")[0])
        for name in ("Max-Forwards", "From", "To", "Call-ID"):
            cancel.headers.set_single(name, invite.headers.get_first(name) or "")
        cseq = invite.cseq
        cancel.headers.set_single("CSeq", f"{cseq.seq if cseq else 1} CANCEL")
        for route in invite.headers.get("route"):
            cancel.headers.append("Route", route)
        asked.expect_end()
        self.ask(cancel, asked.address, lambda reply: None)

    def send(self, request: SipRequest, address: Address) -> None:
        """Send a request once: an ACK."""
        self.datagrams.send(bytes(request), address)

    def _send_reply(self, reply: SipResponse, source: Address) -> None:
        """Where section 18.2.2 and RFC 3581 say, with what they want noted in the Via."""
        vias = reply.via
        via = vias[0]
        port = via.port or 5060
        if "rport" in via.params:
            port = source[1]
            via.rport = str(port)
            via.received = source[0]
        elif via.host.strip("[]") != source[0]:
            via.received = source[0]
        reply.via = vias
        data = bytes(reply)
        if len(data) <= LARGEST:
            self.datagrams.send(data, (source[0], port))

    def close(self) -> None:
        """Forget everything and let the socket go."""
        for served in list(self._served.values()):
            served.close()
        for asked in list(self._asked.values()):
            asked.close()
        self._served.clear()
        self._merged.clear()
        self._asked.clear()
        self.datagrams.close()


def _key(request: SipRequest, method: str) -> Key:
    """Section 17.2.3; callers older than RFC 3261 are known by what they call."""
    via = request.via[0]
    branch = via.branch or ""
    sent_by = f"{via.host}:{via.port}"
    if branch.startswith("z9hG4bK"):
        return branch, sent_by, method
    cseq = request.cseq
    sender = tag_of(request.from_addr)
    return branch, sent_by, request.call_id or "", sender, str(cseq.seq if cseq else 0), method


def _merge_key(request: SipRequest) -> Key:
    cseq = request.cseq
    return request.call_id or "", tag_of(request.from_addr), str(cseq.seq if cseq else 0), request.method
