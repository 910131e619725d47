"""Throw damaged input at every parser that reads what others sent: `make fuzz`, `python -m tests.fuzz --help`.

A target is a file in `targets/`: `SEEDS`, good inputs to begin with; `DECLARED`, the errors it may raise; and
`target(data: bytes) -> None`, which feeds the parser and checks what must always hold. Any other exception, an input
that takes longer than `engine.SLOW_S`, and memory beyond `engine.MOST_MEMORY` are findings. A finding is written to
`build/fuzz/<target>/` and can be run again by `python -m tests.fuzz TARGET --replay FILE`; once mended, it goes to
`corpus/<target>/`, whose files are seeds too.
"""
