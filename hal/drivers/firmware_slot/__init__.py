"""Places a firmware is installed in."""
