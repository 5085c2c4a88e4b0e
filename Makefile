# 暖心驿站 · Rest Station. Nothing but Python 3.11+ and make is needed: `make run`, then `make test`.
PYTHON ?= python3
PORT ?= 8000
BIN := .venv/bin
export PORT

STATIC_SOURCES := $(shell find static -type f)

.PHONY: run dev test check bench lock messages
.DELETE_ON_ERROR:

run: .venv/installed .env var/static/collected ## serve the production way, in demo mode, on 127.0.0.1:$(PORT)
	@$(BIN)/python manage.py serve

dev: .venv/installed-dev .env ## reload on change, DEBUG on
	@DEBUG=true $(BIN)/python manage.py migrate -v 0
	@DEBUG=true $(BIN)/python manage.py demo --if-empty
	DEBUG=true $(BIN)/python manage.py runserver 127.0.0.1:$(PORT)

test: .venv/installed-dev ## the whole suite, on SQLite and on a real PostgreSQL
	$(BIN)/python -m pytest -n 2 --dist worksteal
	$(BIN)/python -m tests.on_postgres $(BIN)/python -m pytest -n 2 --dist worksteal

check: .venv/installed-dev ## lint, format, import contracts, missing migrations, Django's deployment checks
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports
	$(BIN)/python -m tests.production makemigrations --check --dry-run
	$(BIN)/python -m tests.production check --deploy --fail-level WARNING

bench: .venv/installed-dev .env ## ratios against a floor, measured in one run; SECTIONS="pages admin" for some
	$(BIN)/python -m bench $(SECTIONS)
	$(BIN)/python -m tests.on_postgres $(BIN)/python -m bench $(SECTIONS)

lock: .venv/installed-dev ## complete, hashed locks without any index address
	$(BIN)/uv pip compile pyproject.toml --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
	  --no-emit-find-links --custom-compile-command "make lock" -q -o requirements.txt
	$(BIN)/uv pip compile pyproject.toml --extra dev --universal --python-version 3.11 --generate-hashes \
	  --no-emit-index-url --no-emit-find-links --custom-compile-command "make lock" -q -c requirements.txt \
	  -o requirements-dev.txt

messages: .venv/installed-dev .env ## collect the texts to translate (needs gettext) and compile the catalogue
	$(BIN)/python manage.py makemessages --locale en --no-location --no-wrap --no-obsolete --ignore .venv --ignore tests --ignore var
	$(BIN)/python manage.py compilemessages --locale en --ignore .venv

.venv/created:
	@$(PYTHON) -c 'import sys; sys.exit("Python 3.11 or newer is needed: make PYTHON=python3.12 run" if sys.version_info < (3, 11) else 0)'
	$(PYTHON) -m venv .venv
	@touch $@

.venv/installed: .venv/created requirements.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.txt
	@touch $@

.venv/installed-dev: .venv/installed requirements-dev.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.txt
	@touch $@

.env: | .venv/created
	@$(BIN)/python deploy/make_env.py .env

var/static/collected: .venv/installed $(STATIC_SOURCES) | .env
	@$(BIN)/python manage.py collectstatic --noinput -v 0
	@touch $@
