"""The port of the archive: every interview after its first commit, in a database for search, reports and audits."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Literal, Protocol

from msgspec import Struct

from interview.sessions.events import Event
from interview.sessions.session import SessionState, Status
from storage.sessions.port import SessionKey

#: Rows of one page at most.
PAGE_AT_MOST = 200

RetentionClass = Literal["recordings", "transcripts", "decisions"]
EraseCause = Literal["request", "retention"]


class ArchivedSession(Struct, frozen=True):
    """An archived interview. ``state`` is the snapshot as archived; ``events`` is empty once its transcript was deleted
    under the retention policy."""

    state: SessionState
    events: list[Event]
    transcript_deleted_at: datetime | None = None


class SessionSummary(Struct, frozen=True):
    """One row of the list of interviews. Times are UTC; ``score`` in [0, 1] is the report's weighted score.

    ``needs_review``: a standing grade asks for a person, or the candidate does. ``report``: the report is ready.
    ``return_by``: the candidate paused and may return until then.
    """

    interview_id: str
    candidate_name: str
    candidate_reference: str
    plan: str
    status: Status
    started_at: datetime
    last_updated: datetime
    ended_at: datetime | None
    turns: int
    score: float | None
    needs_review: bool
    report: bool
    final: bool
    return_by: datetime | None = None


class SessionQuery(Struct, frozen=True):
    """Filters over one tenant's interviews, newest first. None does not filter.

    ``candidate`` is an interview's id or a reference or, if no interview has it, a part of a name (case does not
    matter). ``since`` ≤ start < ``until``. ``after`` is the last row of the page before: its start and its id.
    """

    tenant: str
    plan: str | None = None
    status: Status | None = None
    candidate: str | None = None
    needs_review: bool | None = None
    score_min: float | None = None
    score_max: float | None = None
    since: datetime | None = None
    until: datetime | None = None
    after: tuple[datetime, str] | None = None
    limit: int = 50


class SkillAbility(Struct, frozen=True):
    """EAP ability on one skill: ``theta`` and ``standard_error`` in θ units, from ``items`` graded answers."""

    skill: str
    theta: float
    standard_error: float
    items: int


class ComparedInterview(Struct, frozen=True):
    """An ended interview among others of its plan. Interviews with different ``plan_digest`` had other questions.

    ``score`` in [0, 1] is the report's weighted score. ``final``: no standing grade is provisional.
    """

    interview_id: str
    candidate_name: str
    candidate_reference: str
    plan_digest: str
    status: Status
    started_at: datetime
    score: float | None
    needs_review: bool
    final: bool
    abilities: tuple[SkillAbility, ...]


class ReportFacts(Struct, frozen=True):
    """The part of a finished report that the list filters by. ``version`` is the session version it was made from."""

    version: int
    ready_at: datetime
    final: bool
    score: float | None
    needs_review: bool


class Archive(Protocol):
    async def put(self, state: SessionState, log: Sequence[bytes]) -> bool:
        """Store a session with its whole log (``encode_event``), in one transaction.

        Idempotent and monotonic: a log that is not longer than the archived one changes nothing. False: the interview
        was erased, or its transcript deleted, and nothing was stored.

        Raises:

            InternalError: the archive holds another interview under this id.
            StorageUnavailable: the database does not answer; storing again later is safe.
        """
        ...

    async def put_report(self, key: SessionKey, facts: ReportFacts) -> None:
        """Record the facts of a report, unless those of a later version are recorded. Ignores an unknown interview."""
        ...

    async def load(self, key: SessionKey) -> ArchivedSession | None:
        """Raises InternalError (the archived log is damaged), StorageUnavailable."""
        ...

    async def used(self, key: SessionKey) -> bool:
        """Whether the id belongs, or belonged, to an interview of this tenant: live, ended or erased."""
        ...

    async def find(self, query: SessionQuery) -> list[SessionSummary]:
        """At most ``query.limit`` interviews, newest first; ties by id."""
        ...

    async def compare(
        self, tenant: str, plan: str, *, interviews: Sequence[str] | None = None, limit: int = 50
    ) -> list[ComparedInterview]:
        """At most ``limit`` ended interviews of the plan, newest first, never by score; ``interviews`` selects some."""
        ...

    async def of_candidate(self, tenant: str, reference: str) -> list[SessionKey]:
        """The interviews of the candidate with this reference, oldest first."""
        ...

    async def erase(self, key: SessionKey, *, by: str, cause: EraseCause) -> bool:
        """Delete an interview with all its rows, and record in the proof log that it was; False when there was none.

        The proof log keeps a digest of the id: the id stays used for ever, and no later ``put`` restores it. The
        subject of its audit entries becomes the same digest.
        """
        ...

    async def due(self, kind: RetentionClass, ended_before: datetime, *, limit: int) -> list[SessionKey]:
        """Interviews that ended before the time and still hold data of this class, oldest first."""
        ...

    async def overdue(self, now: datetime, *, limit: int) -> list[SessionKey]:
        """Interviews whose candidate paused and did not return in time, the longest overdue first."""
        ...

    async def forget(self, key: SessionKey, kind: Literal["recordings", "transcripts"], at: datetime) -> None:
        """Note that the recordings were deleted; or delete the words (log, answers, rationales, evidence)."""
        ...

    async def purge(self) -> bool:
        """Remove deleted values from SQLite's files; False when readers prevented it.

        True and no effect on PostgreSQL, whose files keep them until its vacuum and its log's recycling.
        """
        ...

    async def ping(self) -> None:
        """Raises StorageUnavailable when the database does not answer."""
        ...

    async def close(self) -> None: ...
