"""Each rule of the reference is missed by a test when it is taken out of the code: `python -m tests.rules`."""
