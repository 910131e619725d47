"""One file per parser under fire; see `tests.fuzz`."""
