"""The sources there are: every module of this package is looked into, so a new source is a new file."""
