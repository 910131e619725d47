"""The settings pages, one a file; `recorder.settings.registry` finds them."""
