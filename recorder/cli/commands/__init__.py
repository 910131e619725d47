"""One module per noun of the command line; each has `add`, which names its verbs. Heavy imports wait for `run`."""
