"""Cards that play and hear."""
