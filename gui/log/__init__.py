"""The log on the local screen."""
