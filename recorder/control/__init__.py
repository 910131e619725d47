"""The control plane: channels, schedules, plans, exports and accounts, behind the API on its unix sockets."""
