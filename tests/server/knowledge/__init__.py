"""Knowledge: brought, cut up, found again."""
