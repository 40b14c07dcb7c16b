"""Telephony: trunks to providers, numbers and whom they reach, and the book of calls."""
