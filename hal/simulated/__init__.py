"""A simulator per kind; it imports nothing from drivers and passes the same contract tests."""
