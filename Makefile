# The commands of the house; `make help` lists them.
SWIFT_FLAGS = --explicit-target-dependency-import-check error

.DEFAULT_GOAL := help
.PHONY: help install install-test build demo test format lint bench test-fuzz test-sanitize schema

help: ## list the targets
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | awk -F ':.*## ' '{ printf "  make %-14s %s\n", $$1, $$2 }'

install: ## install what is missing (PostgreSQL, headers of C libraries)
	@scripts/install.sh

install-test: ## install that and what only the tests need (PgBouncer)
	@scripts/install.sh test

build: install ## build the command `canteen`
	swift build $(SWIFT_FLAGS) --product canteen

demo: build ## the main job on an invented community
	@scripts/demo.sh

test: install-test lint ## everything that CI runs
	swift build $(SWIFT_FLAGS) --build-tests
	scripts/test.sh
	scripts/with-postgres.sh scripts/schema.sh .build/schema.sql
	diff -u sql/schema.sql .build/schema.sql

lint: ## check the format of the sources
	swift format lint --strict --recursive --configuration .swift-format Package.swift Sources Tests

format: ## format the sources
	swift format --in-place --recursive --configuration .swift-format Package.swift Sources Tests

bench: install ## compare with the opponents (ONLY=client, check-in, policy, reconcile, registry or statement for one section)
	@scripts/bench.sh

test-fuzz: install ## send 20,000 malformed requests to the API; fails on any 5xx
	swift build --product canteen
	scripts/with-postgres.sh scripts/fuzz.sh

test-sanitize: install-test ## the Postgres room under the address and thread sanitizers
	swift build --build-tests --sanitize=address --scratch-path .build-asan
	ASAN_OPTIONS=quarantine_size_mb=16 LSAN_OPTIONS=suppressions=$(CURDIR)/scripts/leaks.supp \
	  scripts/with-postgres.sh swift test --skip-build \
	  --sanitize=address --scratch-path .build-asan --no-parallel --filter '^PostgresTests'
	swift build --build-tests --sanitize=thread --scratch-path .build-tsan \
	  -Xswiftc -DTHREAD_SANITIZER
	TSAN_OPTIONS=halt_on_error=0 \
	  scripts/with-postgres.sh swift test --skip-build -Xswiftc -DTHREAD_SANITIZER \
	  --sanitize=thread --scratch-path .build-tsan --no-parallel --filter '^PostgresTests'

schema: install ## renew sql/schema.sql from the migrations
	swift build --product canteen
	scripts/with-postgres.sh scripts/schema.sh
