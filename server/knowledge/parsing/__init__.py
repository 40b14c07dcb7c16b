"""From files to blocks of text.

Parsers run in a process of their own (`apart`), because what they read is anybody's.
"""
