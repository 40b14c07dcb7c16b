"""What of livekit-agents is relied on where it promises nothing: jobs as tasks of one loop."""

import inspect
from importlib.metadata import version

from livekit.agents import AgentServer
from livekit.agents.ipc import job_executor, proc_pool

from server.channels.livekit.inloop import MADE_FOR, LoopAgentServer, LoopJob, LoopPool


def test_it_is_the_version_this_was_made_for() -> None:
    assert version("livekit-agents") == MADE_FOR


def test_a_pool_is_asked_nothing_ours_cannot_answer() -> None:
    source = inspect.getsource(AgentServer)
    asked = {part.split("(")[0].split(")")[0].split("\n")[0] for part in source.split("self._proc_pool.")[1:]}
    names = {name.strip().rstrip(":") for part in asked for name in part.split()[:1]}
    pool = LoopPool(lambda info: None)  # type: ignore[arg-type,return-value]
    for name in {name.split(".")[0].split("]")[0] for name in names}:
        assert hasattr(pool, name), name


def test_a_job_is_what_the_framework_takes_for_one() -> None:
    wanted = [name for name in vars(job_executor.JobExecutor) if not name.startswith("_")]
    there = {*dir(LoopJob), *inspect.getsource(LoopJob.__init__).replace("self.", " ").split()}
    there = {name.rstrip(":") for name in there}
    assert [name for name in wanted if name not in there] == []


def test_the_server_is_told_of_jobs_by_the_events_we_emit() -> None:
    events = ("process_started", "process_closed", "process_job_launched")
    source = inspect.getsource(AgentServer)
    assert all(f'self._proc_pool.on("{name}"' in source for name in events)
    assert "self._proc_pool = ipc.proc_pool.ProcPool(" in source
    assert "launch_job" in vars(proc_pool.ProcPool)


async def test_our_pool_stays_when_the_framework_makes_its_own() -> None:
    async def never(info: object) -> None:
        """No job comes."""

    server = LoopAgentServer(never, lambda: 0.0, ws_url="ws://nowhere", api_key="k", api_secret="s" * 32)
    server._proc_pool = object()
    assert server._proc_pool is server.pool
    assert not server.connected
