# The commands of this repository; each one's work is in scripts/, and each installs what it lacks.
# `make help` tells what there is.
.DEFAULT_GOAL := help
.NOTPARALLEL:
.PHONY: help up down test bench profile load lint fuzz drill drill-rollout drill-outage drill-gateway clean

SECONDS ?= 60
# bash gives SECONDS a meaning of its own, so scripts get it under another name.
unexport SECONDS

help: ## what can be done here
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-13s  %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

up: ## build and start HomeTrip with all that it needs (DETACH=1 returns when it is up)
	@scripts/up.sh

down: ## end what `make up` started; its data stays
	@scripts/down.sh

test: ## build and run all tests (ARGS="--filter NAME" for some of them)
	@scripts/test.sh $(ARGS)

bench: ## run the benchmarks (ARGS are theirs)
	@scripts/bench.sh $(ARGS)

profile: ## take the profile that release builds are made by again (a quarter of an hour)
	@scripts/profile.sh

load: ## call all of HomeTrip under load: times, CPU by part, memory, and whether the dashboards agree (ARGS are its)
	@scripts/load.sh $(ARGS)

lint: ## check format and style of Swift code and shell scripts, and that documents that are named exist
	@scripts/lint.sh

fuzz: ## fuzz the parsers (SECONDS=60 in all)
	@FUZZ_SECONDS='$(SECONDS)' scripts/fuzz.sh

drill: ## scale, replace and kill parts of the whole system under load (ARGS="--only kill", ARGS=--held)
	@scripts/drill.sh system $(ARGS)

drill-rollout: ## replace all instances of a service under load, 20 times (ARGS="--rounds 3")
	@scripts/drill.sh rollout $(ARGS)

drill-outage: ## kill the registry under load and bring it back empty, a minute later (ARGS="--seconds 10")
	@scripts/drill.sh outage $(ARGS)

drill-gateway: ## the gateway under twice a service's load (ARGS="idle" or "soak" for connections, or minutes)
	@scripts/drill-gateway.sh $(or $(ARGS),overload)

clean: down ## end what is up and remove everything built, downloaded or stored here
	@rm -rf .build .vigie
