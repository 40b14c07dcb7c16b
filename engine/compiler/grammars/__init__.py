"""What may be said where the conversation stands, as a grammar (JSGF) for a recogniser that knows no other words.

A grammar never offers what would not be understood. English only; where anything may be said, or in another
language, it is empty, and the recogniser has to know the language by itself.
"""

from engine.compiler.grammars.grammar import grammar_of, hints_of

__all__ = ["grammar_of", "hints_of"]
