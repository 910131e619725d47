"""Chips that turn a fan."""
