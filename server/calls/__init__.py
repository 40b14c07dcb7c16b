"""Calls: sessions that are spoken. Who holds which line, who may begin one, and what happens when a holder dies."""
