"""The demo: the sample flows published, and the small services they call."""
