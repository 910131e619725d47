"""The type of what each command adds itself to; argparse has no public name for it."""

from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from argparse import ArgumentParser, _SubParsersAction  # pyright: ignore[reportPrivateUsage]

Verbs: TypeAlias = "_SubParsersAction[ArgumentParser]"
