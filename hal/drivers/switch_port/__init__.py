"""Switches whose ports the kernel knows."""
