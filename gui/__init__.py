"""The local monitor: presenter, toolkit, pages."""
