"""The detect process: `python -m recorder.detect --data DIR`."""

from recorder.decode.sandboxed import run
from recorder.detect.service import Service

if __name__ == "__main__":
    run("recorder.detect", "Looks at the pictures of every channel.", Service)
