"""The recording core, the control plane, the API and the command line."""
