"""Buses that drivers talk over, narrow enough that a test can stand in for each."""
