"""Who is asking. One organisation is made at first start, with one token for its owner."""

from pathlib import Path

import msgspec

from server.accounts.models import AccessToken, Organization
from server.accounts.repository import AccountRepository
from server.kit.clock import Clock
from server.kit.crypto import Keys, new_token, well_formed, write_private
from server.kit.database import Database
from server.kit.errors import ApiError, ErrorCode
from server.kit.ids import new_id

OWNER = "owner"
PREFIX = "own"


class Principal(msgspec.Struct, frozen=True):
    """Who acts: a token, for its organisation."""

    organization_id: str
    token_id: str


class AccountService:
    """Knows every living token's digest in memory: one process holds the database."""

    def __init__(self, database: Database, keys: Keys, clock: Clock, token_file: Path) -> None:
        self.database = database
        self.keys = keys
        self.clock = clock
        self.token_file = token_file
        self.organization_id = ""
        self._known: dict[str, Principal] = {}

    async def start(self) -> None:
        """Make the default organisation and its owner token when there is none; load the tokens."""
        async with self.database.system_session("first start and known tokens", write=True) as session:
            accounts = AccountRepository(session)
            organization = await accounts.first_organization()
            if organization is None:
                organization = Organization(id=new_id("org"), name="Default", created_at=self.clock.now_ms())
                accounts.add(organization)
                await session.flush()
            tokens = list(await accounts.living_tokens())
            if not any(t.organization_id == organization.id and t.name == OWNER for t in tokens):
                tokens.append(self._issue(accounts, organization.id))
            self.organization_id = organization.id
        self._known = {t.digest: Principal(t.organization_id, t.id) for t in tokens}

    async def renew_owner_token(self) -> None:
        """Revoke the owner token and write a new one."""
        await self.start()
        async with self.database.system_session("new owner token", write=True) as session:
            accounts = AccountRepository(session)
            await accounts.revoke_tokens(self.organization_id, OWNER, self.clock.now_ms())
            self._issue(accounts, self.organization_id)
        await self.start()

    def _issue(self, accounts: AccountRepository, organization_id: str) -> AccessToken:
        token = new_token(PREFIX)
        row = AccessToken(
            id=new_id("tok"),
            organization_id=organization_id,
            name=OWNER,
            digest=self.keys.digest(token),
            last4=token[-4:],
            created_at=self.clock.now_ms(),
        )
        accounts.add(row)
        # Before the commit: a token that opens nothing is easily renewed, one that nobody has read is lost.
        write_private(self.token_file, token.encode() + b"\n")
        return row

    def identify(self, authorization: str) -> str:
        """The id of the token in an Authorization header; empty when it is not known."""
        principal = self._find(authorization)
        return principal.token_id if principal else ""

    def authenticate(self, authorization: str, origin: str | None) -> Principal:
        """Who sends this header; raises `ApiError`. ``origin`` is the Origin header, which only browsers
        send."""
        if not authorization:
            raise ApiError(ErrorCode.AUTHENTICATION_REQUIRED, headers={"WWW-Authenticate": "Bearer"})
        principal = self._find(authorization)
        if principal is None:
            raise ApiError(ErrorCode.INVALID_TOKEN, headers={"WWW-Authenticate": "Bearer"})
        if origin is not None:
            raise ApiError(ErrorCode.KEY_IN_BROWSER)
        return principal

    def _find(self, authorization: str) -> Principal | None:
        scheme, _, token = authorization.partition(" ")
        token = token.strip()
        if scheme.lower() != "bearer" or not well_formed(token, PREFIX):
            return None
        return self._known.get(self.keys.digest(token))
