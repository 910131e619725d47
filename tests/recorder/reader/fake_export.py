"""Stands in for `recorder.playback.export`: does what the path of its job says."""

import json
import signal
import sys
from pathlib import Path


def main() -> None:
    arguments = dict(zip(sys.argv[1::2], sys.argv[2::2], strict=True))
    job = json.loads(Path(arguments["--job"]).read_text())
    print(json.dumps({"state": "running", "done_us": 5, "total_us": 10}), flush=True)
    match Path(job["path"]).name.removeprefix("fetch-"):
        case "die":
            sys.exit(3)
        case "wait":
            signal.sigwait({signal.SIGUSR2})
        case "stall":
            told = {
                "state": "running",
                "done_us": 5,
                "total_us": 10,
                "words": "Disk 1 does not answer.",
                "stalled": True,
            }
            print(json.dumps(told), flush=True)
            signal.sigwait({signal.SIGUSR2})
        case "large":
            print(json.dumps({"state": "done", "bytes": 1000, "files": ["a.mp4"]}), flush=True)
        case "nonsense":
            print('[1]\n{"state": "better"}\n\xff\n', flush=True)
    print(json.dumps({"state": "done", "done_us": 10, "total_us": 10, "files": ["a.mp4"]}), flush=True)


main()
