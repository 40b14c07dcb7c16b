"""Digest both ways: who calls us proves who she is, and we prove who we are (RFC 3261 section 22, RFC 8760)."""

import hashlib
import hmac
import secrets
import time
from collections import OrderedDict
from collections.abc import Callable, Mapping
from enum import Enum

from aiosipua import SipDigestAuth, SipRequest, SipResponse, build_credentials, parse_auth, stringify_auth

REALM = "parley"
LIFE = 60
"""Seconds a nonce is good for; after it the caller is told that it is stale, and tries again."""
NONCES = 10_000
HASHES: Mapping[str, Callable[[bytes], "hashlib._Hash"]] = {"MD5": hashlib.md5, "SHA-256": hashlib.sha256}
"""What we can verify. RFC 8760 wants the better first; but many phones and sipp read the first header only, and
know nothing but MD5."""


class Verdict(Enum):
    """What an Authorization header is worth."""

    GOOD = "good"
    MISSING = "missing"
    STALE = "stale"
    WRONG = "wrong"


class Guard:
    """Challenges callers. Nonces are signed, so that none is remembered before it was answered well; then its
    counter is, so that no answer is taken twice."""

    def __init__(self, now: Callable[[], float] = time.time) -> None:
        self._key = secrets.token_bytes(32)
        self._now = now
        self._used: OrderedDict[str, int] = OrderedDict()

    def challenges(self, stale: bool = False) -> list[str]:
        """``WWW-Authenticate`` headers, one an algorithm."""
        nonce = self._nonce(int(self._now()), secrets.token_hex(4))
        end = ", stale=true" if stale else ""
        return [
            f'Digest realm="{REALM}", nonce="{nonce}", algorithm={name}, qop="auth"{end}' for name in HASHES
        ]

    def username(self, request: SipRequest) -> str:
        """Who the caller says she is, empty without an Authorization header."""
        return self._credentials(request).get("username", "")

    def judge(self, request: SipRequest, username: str, password: str) -> Verdict:
        """Whether the request proves that its sender knows ``password``."""
        said = self._credentials(request)
        if not said:
            return Verdict.MISSING
        make = HASHES.get(said.get("algorithm", "MD5").upper())
        if make is None or said.get("realm") != REALM or said.get("username") != username or not password:
            return Verdict.WRONG
        age = self._age(said.get("nonce", ""))
        if age is None:
            return Verdict.WRONG
        if not hmac.compare_digest(self._expected(make, request, said, password), said.get("response", "")):
            return Verdict.WRONG
        if not 0 <= age <= LIFE or not self._count(said):
            return Verdict.STALE
        return Verdict.GOOD

    def _expected(
        self,
        make: Callable[[bytes], "hashlib._Hash"],
        request: SipRequest,
        said: Mapping[str, str],
        password: str,
    ) -> str:
        def digest(text: str) -> str:
            return make(text.encode()).hexdigest()

        who = digest(f"{said['username']}:{REALM}:{password}")
        what = digest(f"{request.method}:{said.get('uri', '')}")
        if said.get("qop"):
            return digest(
                f"{who}:{said['nonce']}:{said.get('nc', '')}:{said.get('cnonce', '')}:{said['qop']}:{what}"
            )
        return digest(f"{who}:{said['nonce']}:{what}")

    def _credentials(self, request: SipRequest) -> Mapping[str, str]:
        raw = request.get_header("authorization")
        if not raw:
            return {}
        parsed = parse_auth(raw)
        return {k.lower(): v for k, v in parsed.params.items()} if parsed.scheme.lower() == "digest" else {}

    def _nonce(self, at: int, salt: str) -> str:
        text = f"{at:x}.{salt}"
        return f"{text}.{hmac.new(self._key, text.encode(), 'sha256').hexdigest()[:32]}"

    def _age(self, nonce: str) -> float | None:
        """Seconds since we gave the nonce; None for one that is not ours."""
        at, _, rest = nonce.partition(".")
        salt = rest.partition(".")[0]
        try:
            born = int(at, 16)
        except ValueError:
            return None
        if not nonce.isascii() or not hmac.compare_digest(nonce, self._nonce(born, salt)):
            return None
        return self._now() - born

    def _count(self, said: Mapping[str, str]) -> bool:
        """Whether this answer is a new one (RFC 7616 section 3.4: nc grows)."""
        nonce = said["nonce"]
        try:
            count = int(said.get("nc", "1"), 16) if said.get("qop") else 1
        except ValueError:
            return False
        if count <= self._used.get(nonce, 0):
            return False
        self._used[nonce] = count
        self._used.move_to_end(nonce)
        while len(self._used) > NONCES:
            self._used.popitem(last=False)
        return True


def prove(reply: SipResponse, method: str, uri: str, username: str, password: str) -> tuple[str, str] | None:
    """The header that answers a 401 or 407: its name and value. None when the challenge cannot be answered,
    or nobody gave us a password."""
    if reply.status_code not in (401, 407) or not username or not password:
        return None
    asks, answers = (
        ("WWW-Authenticate", "Authorization")
        if reply.status_code == 401
        else ("Proxy-Authenticate", "Proxy-Authorization")
    )
    for raw in reply.headers.get(asks):
        credentials = build_credentials(SipDigestAuth(username, password), parse_auth(raw), method, uri)
        if credentials is not None:
            return answers, stringify_auth(credentials)
    return None


def is_stale(reply: SipResponse) -> bool:
    """Whether a challenge says that only the nonce was too old."""
    return any(
        parse_auth(raw).params.get("stale", "").lower() == "true"
        for name in ("www-authenticate", "proxy-authenticate")
        for raw in reply.headers.get(name)
    )
