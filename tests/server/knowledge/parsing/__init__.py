"""What files become, and what bad ones may not do."""
