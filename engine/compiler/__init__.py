"""From a flow to a program, and all that can be known about it before anyone talks to it."""

from engine.compiler.lowering import compile_flow, program_hash

__all__ = ["compile_flow", "program_hash"]
