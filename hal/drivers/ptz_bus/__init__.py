"""Lines with domes."""
