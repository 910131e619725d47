"""The decode process: `python -m recorder.decode --data DIR`."""

from recorder.decode.sandboxed import run
from recorder.decode.service import Service

if __name__ == "__main__":
    run("recorder.decode", "Decodes streams for the screen and for detection.", Service)
