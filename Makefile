# Everything runs in .venv, which the first verb that needs it makes from requirements.lock.
# That takes Python 3.11 or newer, and uv, which is put into .venv where it is not installed.

# To be set by the caller, as in: make lab PORT=9000
PYTHON ?= # what to make .venv with; empty for the newest Python there is
PORT   ?= # of JupyterLab or the sandbox, and no other; empty for the usual one
ARGS    = # more options for lab, notebooks, diagrams, sandbox, bench and lock

# What the caller has set up for other projects must not leak into this one.
unexport PYTHONHOME PYTHONPATH VIRTUAL_ENV

help:
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-14s  %s\n", $$1, $$2 }' Makefile

lab: .venv/ready .venv/trusted ## open the notebooks in JupyterLab (PORT=9000 for exactly that port)
	@set -- --LabApp.default_url=/lab/tree/notebooks/00_before_you_start.ipynb; \
	[ -z "$(strip $(PORT))" ] || set -- "$$@" --ServerApp.port=$(PORT) --ServerApp.port_retries=0; \
	[ "$$(id -u)" != 0 ] || set -- "$$@" --allow-root; \
	[ "$$(uname)" != Linux ] || [ "$$DISPLAY$$WAYLAND_DISPLAY$$BROWSER" ] || set -- "$$@" --no-browser; \
	exec .venv/bin/jupyter-lab "$$@" $(ARGS)

test: .venv/ready ## run the tests, then the notebooks, whose outputs must be the stored ones
	.venv/bin/python -m pytest -p no:nbval
	.venv/bin/python -m pytest --nbval --nbval-current-env --nbval-cell-timeout=30 notebooks

check: .venv/ready ## look for faults in style and types; changes nothing
	.venv/bin/ruff check
	.venv/bin/ruff format --check
	.venv/bin/mypy

fix: .venv/ready ## repair and format what can be repaired by machine
	.venv/bin/ruff check --fix
	.venv/bin/ruff format

notebooks: .venv/ready ## run every notebook in the sandbox and store its outputs
	@.venv/bin/python -m tests.execute_notebooks $(ARGS)

world: .venv/ready ## store the sandbox's starting world, as the rules write it
	@.venv/bin/python -m tests.make_world

docs: .venv/ready ## make a site of the pages and notebooks, in build/site; faults end it
	@.venv/bin/python -m tests.build_site

diagrams: .venv/ready ## draw the diagrams anew (needs npm and Chromium)
	@.venv/bin/python notebooks/diagrams/draw.py $(ARGS)

sandbox: .venv/ready ## serve the sandbox until Ctrl-C (PORT=9000; ARGS=--help tells what else)
	@set --; [ -z "$(strip $(PORT))" ] || set -- --port $(PORT); \
	exec .venv/bin/python -m helpers.sandbox "$$@" $(ARGS)

contract: .venv/ready ## hold the place in .env against the sandbox; what it makes there, it removes
	@.venv/bin/python -m tests.contract

check-settings: .venv/ready ## tell where the settings lead to; sends nothing, shows no secret
	@.venv/bin/python -m helpers.check_settings

bench: .venv/ready ## measure against floors and peers, and name what got worse (ARGS=--help)
	@.venv/bin/python -m tests.bench $(ARGS)

peers: ## install the servers that `make bench` measures the sandbox against (needs npm, and Java for one)
	npm ci --loglevel=error --prefix tests/bench/npm

# pip, unlike uv, refuses a lock from which the extras are stripped.
lock: ## make requirements.lock from pyproject.toml (needs uv; ARGS=--upgrade for newer versions)
	PATH="$$PATH:.venv/bin" uv pip compile --quiet --universal --python-version 3.11 --all-extras \
	  --no-strip-extras --generate-hashes --no-emit-index-url \
	  --custom-compile-command "make lock" $(ARGS) --output-file requirements.lock pyproject.toml

clean: ## remove the environment and what tools leave behind
	rm -rf .venv .hypothesis .mypy_cache .pytest_cache .ruff_cache build dist
	find . -name __pycache__ -prune -exec rm -rf {} +

.PHONY: help lab test check fix notebooks world docs diagrams sandbox contract check-settings bench peers lock clean FORCE

# .venv/ready is a copy of all that the environment is made from, put there last. While it matches,
# nothing happens; otherwise everything is made anew, so that nothing half-written survives.
define SET_UP
made_from=$(pwd; cat pyproject.toml requirements.lock)
is_ready() { [ -x .venv/bin/python ] && [ "$(cat .venv/ready 2>/dev/null)" = "$made_from" ]; }
if is_ready; then exit; fi

uv=uv
uv --version >/dev/null 2>&1 || uv=
[ "$1" ] || set -- python3.14 python3.13 python3.12 python3.11 python3 python
python= found=
for name; do
    version=$("$name" -c 'import sys; print("%d.%d.%d" % sys.version_info[:3])' 2>/dev/null) || continue
    found="$found $name is $version."
    "$name" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || continue
    if [ "$uv" ] || "$name" -c 'import ensurepip, venv' 2>/dev/null; then python=$name; break; fi
    found="$found It cannot make environments (on Debian and Ubuntu: apt install python3-venv)."
done
if [ ! "$python" ]; then
    echo "Python 3.11 or newer is needed. Looked for: $*.${found:- None is here.}" >&2
    echo "Install one, or say where it is: make lab PYTHON=/path/to/python3.12" >&2
    exit 1
fi

# One at a time. The lock is held until the last of the processes started below has ended, so that
# none of them, left behind by a make that was killed, writes into the next one's work.
exec 9>>requirements.lock
"$python" -c 'import fcntl; fcntl.flock(9, fcntl.LOCK_EX)'
if is_ready; then exit; fi

echo "Making .venv with $python ($version). This takes about half a minute, once."
rm -rf .venv
if [ "$uv" ]; then
    uv venv --quiet --python "$(command -v "$python")" .venv
else
    "$python" -m venv .venv
    .venv/bin/python -m pip install --quiet --disable-pip-version-check uv
    uv=.venv/bin/uv
    export UV_SYSTEM_CERTS=1 # as pip
fi

install() { "$uv" pip install --python .venv/bin/python --compile-bytecode "$@"; }
[ -t 2 ] && quiet= || quiet=--quiet # on a terminal, uv shows how far it is
install $quiet --requirement requirements.lock
install --quiet --no-deps --editable .

# JupyterLab's news: neither fetched nor asked about.
mkdir -p .venv/etc/jupyter/labconfig
echo '{"disabledExtensions": {"@jupyterlab/apputils-extension:announcements": true}}' \
    > .venv/etc/jupyter/labconfig/page_config.json

printf '%s\n' "$made_from" > .venv/ready
endef

.venv/ready: export SET_UP := $(value SET_UP)
.venv/ready: FORCE
	@sh -euc "$$SET_UP" set-up "$(strip $(PYTHON))"

# Of a trusted notebook, JupyterLab shows the stored outputs as they were made.
.venv/trusted: .venv/ready $(wildcard notebooks/*.ipynb)
	@.venv/bin/jupyter-trust $(filter %.ipynb,$^) >/dev/null 2>&1 || \
	  echo "Not every notebook could be trusted: run its cells to see its outputs."
	@touch $@
