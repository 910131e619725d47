"""Contacts that are watched."""
