"""Outputs that switch something."""
