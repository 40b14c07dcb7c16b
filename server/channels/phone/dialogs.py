"""Dialogs (RFC 3261 section 12): who talks to whom, which way requests go, and in which order they count."""

import ipaddress
from collections.abc import Callable, Mapping

from aiosipua import SipRequest, SipResponse, parse_address, parse_uri, stringify_uri

from server.channels.phone.datagrams import Address, bracketed, is_address, plain
from server.channels.phone.digest import is_stale, prove
from server.channels.phone.messages import put_headers, tag_of
from server.channels.phone.transactions import Transactions

Final = Callable[[SipResponse | None], None]
"""Told the final answer of a request; None when nobody answered."""


class Dialog:
    """``local`` and ``remote`` are the addresses as they stand in From and To, without tags; ``target`` is
    where the far side wants its requests, ``routes`` which proxies they pass, ``source`` where its last
    datagram came from."""

    def __init__(
        self,
        layer: Transactions,
        *,
        call_id: str,
        local: str,
        local_tag: str,
        remote: str,
        target: str,
        source: Address,
        contact: str,
        credentials: tuple[str, str] = ("", ""),
    ) -> None:
        self.call_id = call_id
        self.local = local
        self.local_tag = local_tag
        self.remote = remote
        self.remote_tag = ""
        self.target = target
        self.source = source
        self.contact = contact
        self.routes: list[str] = []
        self.sequence = 1
        self._layer = layer
        self._credentials = credentials
        self._remote_sequence = -1

    @classmethod
    def of_invite(
        cls,
        layer: Transactions,
        invite: SipRequest,
        source: Address,
        tag: str,
        contact: str,
        credentials: tuple[str, str],
    ) -> "Dialog":
        """The dialog an INVITE to us makes."""
        caller = parse_address(invite.headers.get_first("from") or "")
        contacts = invite.contact
        dialog = cls(
            layer,
            call_id=invite.call_id or "",
            local=_untagged(invite.headers.get_first("to") or ""),
            local_tag=tag,
            remote=_untagged(invite.headers.get_first("from") or ""),
            target=stringify_uri(contacts[0].uri if contacts else caller.uri),
            source=source,
            contact=contact,
            credentials=credentials,
        )
        dialog.remote_tag = tag_of(caller)
        dialog.routes = list(invite.headers.get("record-route"))
        dialog.in_order(invite)
        return dialog

    # ---------------------------------------------------------------- in

    def learn(self, reply: SipResponse) -> None:
        """An answer to our INVITE says who it is and how to reach it (sections 12.1.2 and 13.2.2.4)."""
        contacts = reply.contact
        if contacts:
            self.target = stringify_uri(contacts[0].uri)
        routes = reply.headers.get("record-route")
        if routes or reply.status_code >= 200:
            self.routes = list(reversed(routes))
        tag = tag_of(reply.to_addr)
        if tag:
            self.remote_tag = tag

    def fits(self, request: SipRequest) -> bool:
        """Whether a request belongs here."""
        return (
            request.call_id == self.call_id
            and tag_of(request.to_addr) == self.local_tag
            and tag_of(request.from_addr) == self.remote_tag
        )

    def in_order(self, request: SipRequest) -> bool:
        """Whether it comes after what came before (section 12.2.2); notes it."""
        cseq = request.cseq
        if cseq is None or cseq.seq <= self._remote_sequence:
            return False
        self._remote_sequence = cseq.seq
        return True

    def refresh(self, message: SipRequest | SipResponse) -> None:
        """A re-INVITE may say where further requests shall go."""
        contacts = message.contact
        if contacts:
            self.target = stringify_uri(contacts[0].uri)

    # ---------------------------------------------------------------- out

    def next_hop(self) -> Address:
        """Where a request goes: the first proxy, else the target; the source of what came last where that is
        a name, or an address behind somebody's NAT."""
        uri = parse_address(self.routes[0]).uri if self.routes else parse_uri(self.target)
        host = plain(uri.host)
        if not is_address(host):
            return self.source
        if not self.routes and _is_private(host) and not _is_private(self.source[0]):
            return self.source
        return host, uri.port or 5060

    def request(self, method: str, sequence: int = 0) -> tuple[SipRequest, Address]:
        """A request within the dialog, and where it goes. ``sequence`` is that of an INVITE whose ACK this
        is."""
        address = self.next_hop()
        request = self._layer.new_request(method, self.target, address)
        for route in self.routes:
            request.headers.append("Route", route)
        if not sequence:
            self.sequence += 1
        request.headers.set_single("From", f"{self.local};tag={self.local_tag}")
        request.headers.set_single("To", self.remote + (f";tag={self.remote_tag}" if self.remote_tag else ""))
        request.headers.set_single("Call-ID", self.call_id)
        request.headers.set_single("CSeq", f"{sequence or self.sequence} {method}")
        if method != "BYE":
            request.headers.set_single("Contact", f"<{self.contact}>")
        return request, address

    def ask(
        self, method: str, headers: Mapping[str, str], final: Final, proof: tuple[str, str] | None = None
    ) -> None:
        """Send a request within the dialog; a challenge is answered once (and once more where only the nonce
        was too old)."""
        request, address = self.request(method)
        put_headers(request, dict(headers))
        if proof is not None:
            request.headers.set_single(*proof)

        def answered(reply: SipResponse | None) -> None:
            if reply is not None and reply.status_code < 200:
                return
            if reply is not None and (proof is None or is_stale(reply)):
                again = prove(reply, method, request.uri, *self._credentials)
                if again is not None:
                    self.ask(method, headers, final, again)
                    return
            final(reply)

        self._layer.ask(request, address, answered)

    def acknowledge(self, sequence: int) -> None:
        """ACK a 200 of ours."""
        ack, address = self.request("ACK", sequence)
        self._layer.send(ack, address)


def _untagged(address: str) -> str:
    """An address header without its tag; the far side wants back what it wrote otherwise."""
    head, sign, rest = address.partition(">")
    if not sign:
        head, semicolon, rest = address.partition(";")
        rest = semicolon + rest
    kept = [p for p in rest.split(";")[1:] if not p.strip().lower().startswith("tag=")]
    return ";".join([head + sign, *kept])


def _is_private(host: str) -> bool:
    address = ipaddress.ip_address(plain(host))
    return address.is_private and not address.is_loopback


def contact_of(user: str, host: str, port: int) -> str:
    """Our own address, as an URI."""
    return f"sip:{user}@{bracketed(host)}:{port}" if user else f"sip:{bracketed(host)}:{port}"
