"""The routes, one noun a file: each has a `router`, and `recorder.api.app` finds it."""
