"""Kinds of devices: one abstract class and its frozen dataclasses per file."""
