"""What keeps livekit-agents from asking anybody outside: to be called before it is imported."""

from collections.abc import MutableMapping

_OFF = (
    "LIVEKIT_INFERENCE_URL",
    "LIVEKIT_INFERENCE_API_KEY",
    "LIVEKIT_INFERENCE_API_SECRET",
    "LIVEKIT_OBSERVABILITY_URL",
    "LIVEKIT_DEV_MODE",
    "LIVEKIT_REMOTE_EOT_URL",
)


def stay_offline(environ: MutableMapping[str, str]) -> None:
    """No local model of 250 MB is loaded ahead, and no gateway or trace collector is known."""
    environ["LIVEKIT_AGENTS_PRELOAD_LOCAL_INFERENCE"] = "0"
    for name in _OFF:
        environ.pop(name, None)
