"""Nets of cameras behind the ports of the recorder."""
