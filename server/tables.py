"""Every table there is."""

from sqlalchemy import MetaData

import server.accounts.models
import server.agents.models
import server.deployments.models
import server.knowledge.models
import server.releases.models
import server.sessions.models
import server.telephony.models
import server.tools.models
import server.turns.models  # noqa: F401
from server.kit.tenant import Base


def metadata() -> MetaData:
    """The tables of all contexts."""
    return Base.metadata
