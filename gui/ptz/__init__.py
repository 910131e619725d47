"""Steering domes on the screen: the pad, zoom, presets, and what goes out while something is held."""
