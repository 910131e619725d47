"""Power supplies and UPS that tell how they are."""
