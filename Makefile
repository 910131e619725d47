# Every entry point, nothing else.
PYTHON ?= python3
BIN := .venv/bin
READY := .venv/ready
# Some machines tell every Python not to keep what it compiled; then each process of a recorder compiles all of it anew.
export PYTHONDONTWRITEBYTECODE :=

.PHONY: setup run test guest image-debian usb-installer image-test test-update cuts soak bench fuzz lint format lock check-external coverage-map clean
.DEFAULT_GOAL := run

setup: $(READY)

$(READY): requirements.lock pyproject.toml
	$(PYTHON) -c 'import sys; sys.exit(0 if sys.version_info >= (3, 11) else "Nightjar needs Python 3.11 or newer; set PYTHON=")'
	$(PYTHON) -m venv .venv
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	touch $@

run: setup
	$(BIN)/nightjar run --cameras 4

# Five more than cores: more than half of a worker's time is waiting for real time. The longest takes a minute; one that hangs is ended.
WORKERS ?= $(shell expr $$(nproc) + 5)

# Pytest rewrites what tests assert as it compiles them: once by all cores, not by every worker of a first run for itself.
COMPILED := build/tests-compiled

$(COMPILED): $(READY)
	mkdir -p $(@D)
	printf '%s\n' tests/recorder "$(filter-out tests/recorder/,$(wildcard tests/*/))" \
	  | xargs -L 1 -P 2 $(BIN)/python -m pytest --collect-only -q >$@ || true

test: setup $(COMPILED)
	$(BIN)/python -m pytest -n $(WORKERS) --dist loadfile --no-loadscope-reorder --timeout 600 $(ARGS)

guest: setup
	$(BIN)/python -m tests.guest test $(ARGS)

# IMAGE=x86_64|qemu_x86_64|aarch64|rk3588, built by Buildroot: by the tree BUILDROOT=dir, or the release that
# buildroot_external/configs.toml names; NIGHTJAR_SOURCES=dir is where sources are and are fetched to (docs/guide/build.md).
IMAGE ?= x86_64
IMAGE_WORDS = --image $(IMAGE) $(if $(BUILDROOT),--buildroot $(BUILDROOT)) $(if $(NIGHTJAR_SOURCES),--sources $(NIGHTJAR_SOURCES))

.PHONY: image image-sources image-bill image-legal-info
image image-sources image-bill image-legal-info: setup
	$(BIN)/python -m buildroot_external $(patsubst image-%,%,$@) $(IMAGE_WORDS)

# As root: what is unpacked has owners.
image-debian: setup
	$(BIN)/python -m buildroot_external.twin $(ARGS)

# As root, too: it is built where it is not there as it would be today, and started in a virtual machine.
image-test: setup
	$(BIN)/python -m tests.image $(ARGS)

# As root too: installs updates into the slots of virtual machines, an hour and more; by hand.
test-update: setup
	$(BIN)/python -m tests.image $(or $(ARGS),tests/image/update)

# A stick that boots, asks for a disk, and installs.
usb-installer: setup
	$(BIN)/python -m buildroot_external.twin --installer $(ARGS)

cuts: setup
	$(BIN)/python -m tests.guest cuts $(ARGS)

soak: setup
	$(BIN)/python -m tests.soak $(ARGS)

bench: setup
	$(BIN)/python -m tests.bench $(ARGS)

fuzz: setup
	$(BIN)/python -m tests.fuzz $(ARGS)

lint: setup
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/basedpyright

boards: setup
	$(BIN)/python -m hal.boards board

format: setup
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

# BUILDROOT=dir: a tree of the release that buildroot_external/configs.toml names looks at it too.
check-external: setup
	$(BIN)/python -m buildroot_external check $(if $(BUILDROOT),--buildroot $(BUILDROOT))

coverage-map: setup
	$(BIN)/python -m tests.coverage_map

lock: setup
	$(BIN)/python -m uv pip compile --universal --generate-hashes --extra dev --python-version 3.11 --no-header pyproject.toml -o requirements.lock

clean:
	rm -rf .venv build
