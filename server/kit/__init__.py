"""What every context of the server stands on: database, tenants, errors, identities, limits. Knows no
context."""
