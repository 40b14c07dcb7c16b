"""What the engine itself says when the line or a sense fails, in the flow's words (`Program.notices`)."""

from engine.protocol import State
from engine.runtime.acting import Effects, speak
from engine.runtime.run import Run


def notice(run: Run, s: State, name: str, fx: Effects) -> None:
    """Say a notice, when the flow has words for it."""
    prompt = run.program.notices.get(name)
    if prompt is not None:
        speak(run, s, run.instructions[s.pc].node, prompt, fx)
