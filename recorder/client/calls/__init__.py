"""The calls of the API client, a module for each area."""
