"""What the commands that hold lines have in common."""

import argparse
import os

from server.commands.arguments import fail

NEEDS = "Needs PARLEY_SERVER_URL and PARLEY_WORKER_TOKEN (`parley token --worker` prints it)."
WHERE = "PARLEY_SERVER_URL=http://127.0.0.1:8080 PARLEY_WORKER_TOKEN=..."


def run_worker(arguments: argparse.Namespace, ways: tuple[str, ...], *, with_parent: bool) -> int:
    """Hold lines of these ways until told to stop; see `server.workers.running.hold`."""
    from server.logs import configure_logging
    from server.settings import SettingsError, load_settings

    try:
        settings = load_settings()
    except SettingsError as error:
        return fail(f"these settings are wrong:\n{error}", 2)
    if not settings.server_url or settings.worker_token is None:
        return fail(
            "set PARLEY_SERVER_URL and PARLEY_WORKER_TOKEN; `parley token --worker` prints the token.", 2
        )
    configure_logging(settings)
    from server.channels.voice.offline import stay_offline

    stay_offline(os.environ)
    import uvloop

    processes = getattr(arguments, "processes", 1)
    if processes > 1:
        from server.workers.shards import keep

        port = settings.worker_health_port
        return uvloop.run(keep(processes, (arguments.command,), port, settings.drain))
    from server.workers.running import NoLiveKit, hold

    try:
        return uvloop.run(hold(settings, with_parent=with_parent, ways=ways))
    except (NoLiveKit, OSError) as error:
        return fail(str(error), 2)
