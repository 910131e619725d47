"""Signed firmware bundles: what one says of itself, whether it is whole, which version it may replace."""
