"""Jobs of LiveKit on the loop of this very process.

livekit-agents starts a process or a thread for each job; a line of ours wants neither (0.1 MB instead of 16, and
one clock for all). `LoopAgentServer` gives it a pool that runs jobs as tasks. That is private ground of exactly
version 1.8.9: ``tests/livekit/test_inloop_contract.py`` says what is relied on.
"""

import asyncio
import math
from collections.abc import Awaitable, Callable
from typing import Any

from livekit.agents import AgentServer
from livekit.agents.ipc.job_executor import JobStatus
from livekit.agents.job import RunningJobInfo
from livekit.agents.utils import EventEmitter

MADE_FOR = "1.8.9"
FOREVER = 1_000_000
"""Attempts to reach LiveKit; the pause between two grows to ten seconds and no further."""

RunJob = Callable[[RunningJobInfo], Awaitable[None]]


class LoopJob:
    """One job, as livekit-agents sees who runs it (`livekit.agents.ipc.job_executor.JobExecutor`)."""

    def __init__(self, info: RunningJobInfo, run: RunJob) -> None:
        self.id = info.job.id
        self.running_job: RunningJobInfo | None = info
        self.status = JobStatus.RUNNING
        self.started = True
        self.user_arguments: Any = None
        self._task = asyncio.get_running_loop().create_task(self._run(run, info), name=f"job {info.job.id}")

    async def _run(self, run: RunJob, info: RunningJobInfo) -> None:
        self.status = JobStatus.FAILED
        await run(info)
        self.status = JobStatus.SUCCESS

    async def join(self) -> None:
        """Until it is over, however it ends."""
        await asyncio.wait([self._task])

    async def aclose(self) -> None:
        """LiveKit ends it."""
        self._task.cancel()
        await self.join()

    def failure(self) -> BaseException | None:
        """What it ended with."""
        return None if self._task.cancelled() else self._task.exception()

    async def start(self) -> None:
        """It has begun."""

    async def initialize(self) -> None:
        """There is nothing to prepare."""

    async def launch_job(self, info: RunningJobInfo) -> None:
        """It is launched by being made."""
        raise RuntimeError("A job of the loop runs once.")

    def logging_extra(self) -> dict[str, Any]:
        """What its log lines carry."""
        return {"job_id": self.id}


class LoopPool(EventEmitter[str]):
    """What livekit-agents takes for its pool of processes."""

    def __init__(self, run: RunJob) -> None:
        super().__init__()
        self.processes: list[LoopJob] = []
        self._run = run
        self._watching: set[asyncio.Task[None]] = set()
        self.on_over: Callable[[LoopJob], None] = lambda job: None

    async def start(self) -> None:
        """There is nothing to warm up."""

    async def launch_job(self, info: RunningJobInfo) -> None:
        """Begin a job."""
        job = LoopJob(info, self._run)
        self.processes.append(job)
        self.emit("process_job_launched", job)
        task = asyncio.get_running_loop().create_task(self._watch(job))
        self._watching.add(task)
        task.add_done_callback(self._watching.discard)

    async def _watch(self, job: LoopJob) -> None:
        await job.join()
        self.processes.remove(job)
        self.emit("process_closed", job)
        self.on_over(job)

    def get_by_job_id(self, job_id: str) -> LoopJob | None:
        """The job of that id, while it runs."""
        return next((job for job in self.processes if job.id == job_id), None)

    def set_target_idle_processes(self, number: int) -> None:
        """No process waits for work here."""

    async def aclose(self) -> None:
        """End every job."""
        await asyncio.gather(*(job.aclose() for job in tuple(self.processes)))
        await asyncio.gather(*self._watching, return_exceptions=True)


class LoopAgentServer(AgentServer):
    """An `AgentServer` whose jobs are tasks. ``load`` says how full it is (0 to 1); whether a job is taken is
    decided where it is asked for, because a threshold here refuses bursts."""

    def __init__(self, run: RunJob, load: Callable[[], float], **options: Any) -> None:
        self._pool = LoopPool(run)
        super().__init__(
            load_fnc=load,
            load_threshold=math.inf,
            num_idle_processes=0,
            max_retry=FOREVER,
            # Its own health page; ours says more.
            host="127.0.0.1",
            port=0,
            http_proxy=None,
            **options,
        )

    @property
    def connected(self) -> bool:
        """Whether LiveKit gives us jobs now."""
        return self._id != "unregistered" and not self._connecting and not self._closed

    @property
    def pool(self) -> LoopPool:
        """The jobs that run."""
        return self._pool

    @property
    def _proc_pool(self) -> Any:
        return self._pool

    @_proc_pool.setter
    def _proc_pool(self, processes: Any) -> None:
        """It makes a pool of processes when it begins to run; ours stays."""
