"""A month in minutes: the real store under a clock of its own, and what it keeps hold of counted every day."""
