"""Turns, looked at."""

from collections.abc import Sequence

from server.kit.clock import iso
from server.kit.database import Database
from server.turns.book import TurnBook
from server.turns.models import TurnRow
from server.turns.repository import TurnRepository
from server.turns.schemas import TurnsSummary, TurnsView, TurnTimesView


class TurnService:
    """What an owner learns of turns. What is not written yet is written first."""

    def __init__(self, database: Database, book: TurnBook) -> None:
        self.database = database
        self.book = book

    async def list(self, organization_id: str, session_id: str) -> TurnsView:
        """A session's turns; none for a session there is not."""
        rows = await self._rows(organization_id, session_id)
        return TurnsView(session_id=session_id, items=[_view(n, row) for n, row in enumerate(rows, 1)])

    async def summary(self, organization_id: str, session_id: str) -> TurnsSummary:
        """All of them in a few numbers."""
        return summary(await self._rows(organization_id, session_id))

    async def _rows(self, organization_id: str, session_id: str) -> Sequence[TurnRow]:
        await self.book.flush()
        async with self.database.read(organization_id) as session:
            return await TurnRepository(session).of(session_id)


def percentile(values: Sequence[int], per_cent: int) -> int | None:
    """The smallest value that so many of a hundred do not exceed; None of none."""
    ranked = sorted(values)
    return ranked[max(0, -(-len(ranked) * per_cent // 100) - 1)] if ranked else None


def summary(rows: Sequence[TurnRow]) -> TurnsSummary:
    """All turns in a few numbers."""
    answers = [wait for row in rows if (wait := row.decision if row.audio is None else row.audio) is not None]
    decisions = [row.decision for row in rows if row.decision is not None]
    return TurnsSummary(
        count=len(answers),
        answer_p50_ms=percentile(answers, 50),
        answer_p95_ms=percentile(answers, 95),
        decision_p50_ms=percentile(decisions, 50),
        decision_p95_ms=percentile(decisions, 95),
        barge_ins=sum(row.barged_in for row in rows),
        heard_seconds=sum(row.heard_ms for row in rows) / 1000,
        characters=sum(row.characters for row in rows),
        tokens_read=sum(row.read for row in rows),
        tokens_written=sum(row.written for row in rows),
        cost_micros=sum(row.cost_micros for row in rows),
    )


def _view(number: int, row: TurnRow) -> TurnTimesView:
    return TurnTimesView(
        number=number,
        modality=row.modality,
        at=iso(row.at),
        transcript_ms=row.transcript,
        decision_ms=row.decision,
        audio_ms=row.audio,
        speech_to_text=row.stt,
        text_to_speech=row.tts,
        prepared=row.prepared,
        barged_in=row.barged_in,
        heard_seconds=row.heard_ms / 1000,
        characters=row.characters,
        cost_micros=row.cost_micros,
        model=row.model,
        tokens_read=row.read,
        tokens_written=row.written,
    )
