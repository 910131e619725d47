"""What the owner set as a whole: exported, taken in, reset (docs/design/configuration.md)."""
