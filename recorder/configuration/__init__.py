"""What the owner set as a whole: out, in, on disks, reset (docs/design/configuration.md)."""
