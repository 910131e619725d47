"""Network interfaces of the kernel."""
