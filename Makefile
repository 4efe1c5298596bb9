# On a fresh machine run `make demo` or `make test`; all other targets are for developers.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP_INSTALL := $(BIN)/python -m pip install --quiet --disable-pip-version-check

.PHONY: demo test test-faults test-security check web check-web api-types test-models test-clients test-objects test-livekit clean dev resolve pin-cluster

# Base install only: no torch, no test tools.
$(VENV)/.base: pyproject.toml constraints.txt
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed: make demo PYTHON=python3.12")'
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(PIP_INSTALL) -c constraints.txt -e .
	touch $@

$(VENV)/.dev: $(VENV)/.base
	$(PIP_INSTALL) -c constraints.txt -e '.[dev]'
	touch $@

dev: $(VENV)/.dev

demo: $(VENV)/.base
	$(BIN)/interview demo

#: Processes among which `make test` divides the tests that need one core.
TEST_WORKERS ?= 2

# Both parts run, whatever the first one finds.
test: $(VENV)/.dev
	status=0; \
	$(BIN)/python -m pytest -n $(TEST_WORKERS) --dist loadfile -m "not alone" || status=1; \
	$(BIN)/python -m pytest -m alone || status=1; \
	exit $$status

# The long forms of suites whose short forms `make test` runs: some 9 and 35 minutes on two busy cores.
test-faults: $(VENV)/.dev
	FAULT_TURNS=2000 FAULT_KILLS=50 FAULT_STORE_KILLS=100 FAULT_STREAM_CUTS=200 FAULT_CLUSTER=1 \
		$(BIN)/python -m pytest --timeout 1200 tests/faults tests/integration/serve/test_cluster_changes.py

test-security: $(VENV)/.dev
	HTTP_FUZZ_EXAMPLES=900 $(BIN)/python -m pytest --timeout 1800 tests/security

# The TypeScript types of the API (web/src/api/generated.ts), after a change of the OpenAPI document.
api-types: $(VENV)/.dev web/node_modules/.ready
	PYTHON=$(abspath $(BIN))/python web/types.sh
	$(BIN)/python web/stamp.py

check: $(VENV)/.dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

# The web pages (web/) into serve/http/static, which is committed: only a change of web/ needs Node, 20.19 or newer.
web/node_modules/.ready: web/package-lock.json
	node --version >/dev/null 2>&1 || { echo 'Node 20.19 or newer is needed: https://nodejs.org, or apt-get install nodejs npm'; exit 1; }
	cd web && npm ci --no-audit --no-fund
	touch $@

web: web/node_modules/.ready
	cd web && npm run --silent build

# Lint, types, unit tests, and that the committed build is the one that the sources give.
check-web: web/node_modules/.ready
	cd web && npm run --silent check && npm run --silent test
	$(MAKE) web
	git diff --exit-code --stat -- serve/http/static
	test -z "$$(git ls-files --others --exclude-standard serve/http/static)"

CLUSTER_EXTRAS := --extra gpu --extra s3 --extra gcs --extra documents --extra tracing --extra voice --extra postgres
#: Pins of constraints.txt that the cluster's packages do not admit, or that differ by Python version.
CLUSTER_DIFFERS := protobuf|numpy|numpy-financial|grpcio|grpcio-reflection|python-dateutil|av|pint|scipy

pin-cluster: $(VENV)/.dev
	grep -viE '^($(CLUSTER_DIFFERS))==' constraints.txt > $(VENV)/tested.txt
	head -n 2 constraints-cluster.txt > $(VENV)/cluster.txt
	$(BIN)/uv pip compile -q pyproject.toml $(CLUSTER_EXTRAS) --universal --python-version 3.11 \
		-c $(VENV)/tested.txt --no-header --no-annotate >> $(VENV)/cluster.txt
	mv $(VENV)/cluster.txt constraints-cluster.txt

# Resolves, without installing, what each constraints file is for.
resolve: $(VENV)/.dev
	bash ops/resolve.sh $(BIN)/uv

# Real language-model engines on a tiny model, in a separate environment (CPU torch and vLLM).
.venv-models/.ready: tests/models/requirements.txt tests/models/make_environment.sh constraints-models.txt
	bash tests/models/make_environment.sh
	touch $@

test-models: .venv-models/.ready
	.venv-models/bin/python -m pytest -m models tests/models tests/contract/deployments/llm/test_llm_conformance.py

# Other people's clients of the realtime API: the OpenAI Agents SDK and Pipecat, and the openai package under Node.
.venv-clients/.ready: tests/clients/requirements.txt tests/clients/package-lock.json tests/clients/make_environment.sh
	bash tests/clients/make_environment.sh
	touch $@

test-clients: $(VENV)/.dev .venv-clients/.ready
	$(BIN)/python -m pytest tests/contract/serve/http/realtime/test_other_realtime_clients.py

# The blob store on moto's S3 server and on an emulator of Google Cloud Storage. Their packages come first on the path. gcsfs's
# gRPC client is off, because it cannot use an emulator.
.venv-objects/.ready: tests/objects/requirements.txt | $(VENV)/.dev
	rm -rf .venv-objects
	$(PIP_INSTALL) --target .venv-objects -r tests/objects/requirements.txt
	touch $@

test-objects: $(VENV)/.dev .venv-objects/.ready
	PYTHONPATH=$(CURDIR)/.venv-objects GCSFS_EXPERIMENTAL_ZB_HNS_SUPPORT=false \
		$(BIN)/python -m pytest tests/contract/storage/test_store_blobs.py

# LiveKit's plugin of the realtime API. Not part of the CI, because its environment is large.
.venv-livekit/.ready: tests/clients/livekit-requirements.txt
	python3 -m venv .venv-livekit
	.venv-livekit/bin/python -m pip install --quiet --disable-pip-version-check -r tests/clients/livekit-requirements.txt
	touch $@

test-livekit: $(VENV)/.dev .venv-livekit/.ready
	$(BIN)/python -m pytest tests/contract/serve/http/realtime/test_livekit_plugin.py

clean:
	rm -rf $(VENV) .venv-models .venv-clients .venv-objects .venv-livekit demo-out .mypy_cache .ruff_cache .pytest_cache .hypothesis
