"""The machine underneath: relays, inputs and every other device that is not the screen's own."""
