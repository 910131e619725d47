"""Run the fuzz targets, each for its share of the time; ends with status 1 at the first finding of any."""

import argparse
import importlib
import pkgutil
import random
import sys
import time
from pathlib import Path

from tests.fuzz import engine, targets

FINDINGS = engine.ROOT / "build" / "fuzz"


def names() -> list[str]:
    """All targets."""
    return sorted(one.name for one in pkgutil.iter_modules(targets.__path__))


def main() -> int:
    parser = argparse.ArgumentParser(prog="tests.fuzz", description=__doc__)
    parser.add_argument("targets", nargs="*", metavar="TARGET", help=f"of {', '.join(names())}; all if none is named")
    parser.add_argument("--seconds", type=float, default=60.0, help="for each target (60)")
    parser.add_argument("--seed", type=int, default=None, help="of the mutations; printed, and random if not given")
    parser.add_argument("--replay", type=Path, default=None, help="run this one input and show what it does")
    asked = parser.parse_args()
    if unknown := set(asked.targets) - set(names()):
        parser.error(f"no such target: {', '.join(sorted(unknown))}")
    seed = asked.seed if asked.seed is not None else random.SystemRandom().randrange(1 << 32)
    print(f"seed {seed}", flush=True)
    broken = 0
    for name in asked.targets or names():
        module = importlib.import_module(f"{targets.__name__}.{name}")
        campaign = engine.Campaign(name, module, random.Random(f"{seed} {name}"))
        if asked.replay:
            finding = campaign.run(asked.replay.read_bytes())
        else:
            finding = campaign.seeds() or campaign.fire(time.monotonic() + asked.seconds)
        verdict = "broken" if finding else "held"
        print(f"{name:24} {verdict}  {campaign.runs} runs, {len(campaign.lines)} steps, {len(campaign.corpus)} kept")
        if finding:
            broken += 1
            print(finding.words, flush=True)
            if not asked.replay:
                print(f"  written to {_keep(name, finding.data)}", flush=True)
    return 1 if broken else 0


def _keep(name: str, data: bytes) -> Path:
    folder = FINDINGS / name
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{abs(hash(data)) & 0xFFFFFFFF:08x}.bin"
    path.write_bytes(data)
    return path


if __name__ == "__main__":
    sys.exit(main())
