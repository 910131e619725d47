"""Renders the plates of all scenes anew, or of the named ones: `python -m recorder.simulate.scenes [NAME ...]`."""

import sys

from recorder.simulate.options import SCENES
from recorder.simulate.scenes import scene
from recorder.simulate.scenes.plate import HEIGHT, WIDTH, save


def main(names: list[str]) -> None:
    """Render and save one after the other."""
    for name in names or SCENES:
        save(name, scene(name).rendered(WIDTH, HEIGHT))
        print(name, flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
