# `make` lists the targets; each is a script in scripts/ or one call of cargo.

.POSIX:
.PHONY: help demo democli test test-all wheel swift-package lint bench docs third-party fuzz deny fmt clean

help: ## List the targets
	@sed -n 's/^\([a-z-]*\):.* ## /\1|/p' Makefile | awk -F'|' '{ printf "make %-13s %s\n", $$1, $$2 }'

demo: ## Give the 2,000 users of a Django project tenants; needs Rust and Python
	scripts/demo.sh

democli: ## Show the command on 10,000 users; needs only Rust
	cargo build --release --features cli --locked
	scripts/demo_cli.sh

test: ## Run all tests that can run here; SUITES='rust kotlin' for some, SUITES=--list to see them
	scripts/test.sh $(SUITES)

test-all: ## Run all tests, those of the Django app in every configuration: for nights and releases
	scripts/test.sh --full $(SUITES)

wheel: ## Build the sdist and the wheel of the Python module into target/dist
	scripts/wheel.sh "$$(scripts/pythons.sh first)" target/dist

swift-package: ## Write the Swift package, which needs no Rust, into target/swift-package
	scripts/swift_package.sh

lint: ## Check format, lints, docs, licences, Python, Kotlin and shell
	scripts/lint.sh

bench: ## Run the benchmarks: Rust, then Python, then Kotlin
	cargo bench --locked --all-features --bench '*'
	scripts/bench_python.sh
	scripts/bench_kotlin.sh

docs: ## Build the documentation of the crate
	RUSTDOCFLAGS='-D warnings' cargo doc --locked --no-deps --all-features --lib

third-party: ## Run the test suites of two Django apps of others before and after they get tenantry; needs the network
	scripts/third_party.sh

fuzz: ## Run every fuzz target for FUZZ_SECONDS (10)
	scripts/fuzz.sh

deny: ## Look for known holes in the dependencies, and for what deny.toml forbids; needs the network
	scripts/tool.sh cargo-deny 0.20.2
	.tools/bin/cargo-deny check

fmt: ## Format everything; `make lint` once before, for ruff
	cargo fmt --all
	cargo fmt --manifest-path fuzz/Cargo.toml
	mvn -q -B -ntp -f bindings/kotlin ktlint:format
	.venvs/lint/bin/ruff format benches/python examples python scripts tests

clean: ## Remove everything that was built, tools and environments too
	cargo clean
	rm -rf bindings/kotlin/target benches/kotlin/target examples/kotlin/target
	rm -rf .tools .venv .venvs fuzz/target fuzz/corpus fuzz/artifacts
