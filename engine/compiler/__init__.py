"""From a flow to a program, and all that can be known about it before anyone talks to it."""

from engine.compiler.checking import Memory, check
from engine.compiler.covering import cover
from engine.compiler.finding import Finding, Repair, Wire
from engine.compiler.lowering import compile_flow, program_hash
from engine.compiler.reaching import witness

__all__ = ["Finding", "Memory", "Repair", "Wire", "check", "compile_flow", "cover", "program_hash", "witness"]
