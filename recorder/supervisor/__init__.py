"""Starts the processes of one instance on a laptop and keeps them alive, as systemd does on the target."""
