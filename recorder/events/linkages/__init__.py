"""The linkages there are: every module of this package is looked into, so a new linkage is a new file."""
