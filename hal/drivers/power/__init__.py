"""Ways to switch the machine off and on."""
