"""Which version of the recorder this is."""

from importlib.metadata import PackageNotFoundError, version


def own_version() -> str:
    """Give it; "0" where the package is not installed."""
    try:
        return version("nightjar")
    except PackageNotFoundError:
        return "0"
