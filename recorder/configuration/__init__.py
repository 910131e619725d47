"""What the owner set as a whole: reset (docs/design/configuration.md)."""
