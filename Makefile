# The commands of PeopleSync. `make run` and `make test` need Python 3.11 or newer and nothing else.
PYTHON_IN := .venv/bin/python
RUNTIME := requirements.txt requirements-embedded.txt
DEVELOPMENT := $(RUNTIME) requirements-dev.txt
SERVERS := $(PYTHON_IN) -m peoplesync.devservices
# Dozens of processes load the same code while the tests run: its bytecode is kept, whatever the shell says.
unexport PYTHONDONTWRITEBYTECODE
# On -n 3: a worker more than a small machine has cores, for the tests that wait for a clock or a process.
# By file, long files first as they stand: what the tests of a file share is made once.
PYTEST := $(PYTHON_IN) -m pytest -n 3 --dist loadfile --no-loadscope-reorder
# Type-checked strictly: the pure rooms and everything that writes.
STRICT := $(wildcard peoplesync/kernel peoplesync/devservices peoplesync/core/services hr/services attendance/rules \
	attendance/adapters/*/wire.py attendance/services payroll/engine payroll/packs payroll/services)
# Production settings with keys nobody uses and servers nobody asks (nothing listens on port 1).
PRODUCTION := DEBUG=false COOKIE_SECURE=true ALLOWED_HOSTS=hr.example.com PUBLIC_URL=https://hr.example.com \
	DATABASE_URL=postgres://nobody@127.0.0.1:1/nowhere APP_DATABASE_URL=postgres://nobody_app@127.0.0.1:1/nowhere \
	REDIS_URL=redis://127.0.0.1:1/0 \
	SECRET_KEY=$$($(PYTHON_IN) -c 'import secrets; print(secrets.token_hex(40))') \
	JWT_SIGNING_KEY=$$($(PYTHON_IN) -c 'import secrets; print(secrets.token_hex(40))')

.DEFAULT_GOAL := help
.PHONY: help run test test-faults lint bench environment environment-dev

help: ## say what can be done
	@sed -n 's/^\([a-z-]*\):.*## /  make \1  @/p' Makefile | awk -F@ '{ printf "%-20s %s\n", $$1, $$2 }'

run: environment ## start everything: servers, web, worker, beat (PORT, PEOPLESYNC_HOST, PEOPLESYNC_HOME)
	@exec $(SERVERS) run

test: environment-dev ## the whole suite on private servers, or on DATABASE_URL and REDIS_URL
	@exec $(SERVERS) exec --volatile -- $(PYTEST)

test-faults: environment-dev ## the long fault and property runs (FAULT_SEEDS, default 20), always on private servers
	@exec env FAULT_SEEDS=$${FAULT_SEEDS:-20} $(SERVERS) exec --volatile --private -- $(PYTEST) -m faults --timeout 900

bench: environment-dev ## measure speed against the promises, on private durable servers (BENCH_ROWS, BENCH_HOME)
	@exec env PEOPLESYNC_HOME=$${BENCH_HOME:-$(CURDIR)/.peoplesync/bench} $(SERVERS) exec --private -- $(PYTHON_IN) -m benchmarks

lint: environment-dev ## style, types, missing migrations, production settings, API schema; starts no server
	$(PYTHON_IN) -m ruff check .
	$(PYTHON_IN) -m ruff format --check .
	@$(PRODUCTION) $(PYTHON_IN) -m mypy $(STRICT)
	@$(PRODUCTION) $(PYTHON_IN) manage.py makemigrations --check --dry-run
	@$(PRODUCTION) $(PYTHON_IN) manage.py check --deploy --fail-level WARNING
	@$(PRODUCTION) $(PYTHON_IN) manage.py spectacular --validate --fail-on-warn --file /dev/null

environment:
	@peoplesync/devservices/environment.sh $(RUNTIME)

environment-dev:
	@peoplesync/devservices/environment.sh $(DEVELOPMENT)
