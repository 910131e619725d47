"""Chips that tell a temperature."""
