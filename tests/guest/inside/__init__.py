"""What runs in the guest. Only the agent and `init` must do with Debian's Python alone; the rest has the recorder."""
