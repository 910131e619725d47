"""The log: audit and events as one list, kept as long as it shall be, exported, and forwarded to a log server."""
