"""Serial ports with a role."""
