"""Settings of events as a whole; those of one source or linkage stand in its own file."""
