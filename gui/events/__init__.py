"""The list of events on the local screen."""
