"""Input that does not come from a window: remotes, and on the target mouse and keyboard too."""
