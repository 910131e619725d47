"""Events: sources raise them, rules bind sources to arming and linkages, linkages react (docs/design/events.md)."""
