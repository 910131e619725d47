"""Figures that a recorder must reach, measured: `python -m tests.bench [NAME …]`; never part of `make test`."""
