"""Inputs that lead to what a finding says."""


class Witnesses:
    """What was found so far."""
