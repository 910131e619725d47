"""The reader process: recorded time for everyone, at a lower I/O weight, with credits per client."""
