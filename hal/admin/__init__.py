"""The root helper: the few things that need root, asked for in typed requests on a unix socket, and nothing else."""
