"""The HTTP API: routes over control, one error format, who may do what."""
