"""The `nightjar` command."""


def main() -> None:
    """Run the command line."""
