# Tickmark. `make help` lists what there is.
.DEFAULT_GOAL := help
SHELL := /bin/bash

VERSION := $(shell git describe --tags --always --dirty 2>/dev/null || echo dev)
LDFLAGS := -s -w -X main.version=$(VERSION)
GO      := CGO_ENABLED=0 go
TOOLS   := .cache/tools
# The race detector runs where there are goroutines; it needs a C compiler.
RACE    := ./questionnaires ./engine/kube ./tui/... ./vault/sqlitevfs
# Of the vault's tests, those of what happens beside each other: the detector makes its
# fault runs ten times as long, and they have one goroutine.
BESIDE  := Reader|View|Pipeline|Ahead|Beside|Remember|CollectRecords|Cache|Closed|Closing
# Thousands of answers, typed one after the other in one goroutine.
TYPED   := ^TestAnEngagementIsTyped$$$$
# `./...` leaves out what lies below testdata.
ALL     := ./... ./testdata/merchant ./testdata/figures
FUZZTIME ?= 20000x
FAULTS   ?= 10000

.PHONY: help
help: ## list the targets
	@awk -F':.*## ' '/^[a-z-]+:.*## /{printf "  make %-16s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

.PHONY: build
build: ## build bin/tickmark, one static binary
	@mkdir -p bin
	$(GO) build -trimpath -ldflags '$(LDFLAGS)' -o bin/tickmark ./cmd/tickmark

.PHONY: demo
demo: build ## run the whole main job on the fictional merchant
	bin/tickmark demo

.PHONY: controlplane
controlplane: ## build kube-apiserver and etcd for the tests, once
	@testdata/controlplane/build

.PHONY: test
test: controlplane ## everything, against a real kube-apiserver and etcd
	go test -count=1 -timeout 30m $(ALL)

.PHONY: check
check: tools ## before each commit: form, vet, lint, race tests, all without the API server
	@test -z "$$($(TOOLS)/gofumpt -l $$(git ls-files '*.go'))" || { echo 'not gofumpt-ed:'; $(TOOLS)/gofumpt -l $$(git ls-files '*.go'); exit 1; }
	go vet $(ALL)
	$(TOOLS)/staticcheck $(ALL)
	$(TOOLS)/exhaustive -d $(ALL)
	GOOS=windows go vet ./vault/... && GOOS=darwin go vet ./vault/...
	TICKMARK_NO_PLANE=1 go test -race -skip '$(TYPED)' $(RACE)
	go test -race -run '$(BESIDE)' ./vault
	TICKMARK_NO_PLANE=1 go test -timeout 30m $(ALL)
	CGO_ENABLED=1 go vet -tags pkcs11 ./reports/smartcard ./cmd/tickmark && CGO_ENABLED=1 go test -tags pkcs11 ./reports/smartcard
	@$(MAKE) --no-print-directory fresh

.PHONY: builds
builds: export TICKMARK_BUILDS ?= all
builds: ## compare what differently made programs print of one vault, byte for byte
	go test -count=1 -timeout 60m -v -run '^TestBuildsPrintTheSame$$' ./cmd/tickmark

# The tests of what the program carries of its sheets; they write it with TICKMARK_CARRY.
CARRIED := AreCarriedAsTheyAreWritten|IsCarriedAsItIsWritten

.PHONY: fresh
fresh: build ## fail if what is generated is not what is committed
	@go test -run '$(CARRIED)' ./engine/checks ./questionnaires/pci > /dev/null || { echo 'what the program carries is stale: make docs'; exit 1; }
	@bin/tickmark docs checks | diff -u docs/checks.md - || { echo 'docs/checks.md is stale: make docs'; exit 1; }
	@bin/tickmark docs coverage | diff -u docs/coverage.md - || { echo 'docs/coverage.md is stale: make docs'; exit 1; }

.PHONY: docs
docs: ## write what the program carries of its sheets, and what the documentation takes from it
	TICKMARK_CARRY=1 go test -count=1 -run '$(CARRIED)' ./engine/checks ./questionnaires/pci
	@$(MAKE) --no-print-directory build
	bin/tickmark docs checks > docs/checks.md
	bin/tickmark docs coverage > docs/coverage.md

.PHONY: tools
tools: $(TOOLS)/gofumpt
$(TOOLS)/gofumpt: testdata/tools/go.mod
	@mkdir -p $(TOOLS)
	cd testdata/tools && go build -o ../../$(TOOLS)/ tool

.PHONY: verapdf
verapdf: .cache/verapdf/done ## fetch veraPDF, which the tests ask of every kind of report (Java and Maven)
.cache/verapdf/done: testdata/verapdf/pom.xml
	rm -rf .cache/verapdf
	mvn -q -B -f testdata/verapdf/pom.xml dependency:copy-dependencies -DoutputDirectory=$(CURDIR)/.cache/verapdf
	@touch $@

.PHONY: bench
bench: build ## measure, beside a floor or a peer in the same run
	go test -run '^$$' -bench . -benchtime 3x ./...

.PHONY: bench-vault
bench-vault: export TICKMARK_BENCH_VAULT ?= all
bench-vault: ## measure a vault of 1 GB beside plain SQLite and beside sealing the whole file
	go test -count=1 -timeout 120m -v -run '^TestBenchVault$$' ./vault

.PHONY: bench-engagement
bench-engagement: export TICKMARK_BENCH_ENGAGEMENT ?= all
bench-engagement: build ## measure a vault of 2,000 requests and 20,000 files, and taking in a folder of 2 GB
	go test -count=1 -timeout 120m -v -run '^TestBenchEngagement$$' ./cmd/tickmark

.PHONY: bench-engine
bench-engine: export TICKMARK_BENCH_ENGINE ?= all
bench-engine: build controlplane ## measure reading and judging clusters, beside reading alone and a bare list
	go test -count=1 -timeout 60m -v -run '^TestBenchEngine$$' ./cmd/tickmark
.PHONY: bench-reports
bench-reports: export TICKMARK_BENCH_REPORTS ?= all
bench-reports: ## measure printing 300 pages, signing and verifying them, beside bare fpdf and bare cryptography
	go test -count=1 -v -run '^TestBenchReports$$' ./reports/pdf
	go test -count=1 -v -run '^TestBenchSignatures$$' ./reports/sign

.PHONY: fuzz
fuzz: ## fuzz every parser, FUZZTIME each (default 20000x)
	@set -e; for p in $$(go list $(ALL)); do \
	  for f in $$(go test -list '^Fuzz' $$p | grep '^Fuzz' || true); do \
	    echo "== $$p $$f"; TICKMARK_NO_PLANE=1 go test -run '^$$' -fuzz "^$$f\$$" -fuzztime $(FUZZTIME) $$p; \
	  done; done

.PHONY: corpus
corpus: ## run every record of the public SQL scripts (TICKMARK_CORPUS_SQL), of which the tests take a sample
	@set -o pipefail; TICKMARK_CORPUS_WHOLE=1 go test -count=1 -v -run '^TestSQLLogic$$' ./vault | grep -v '^ *\(=== \|--- PASS\)'

.PHONY: faults
faults: ## power cuts, kills, refusing disks and changed bytes on vaults, and changed signed reports, FAULTS of each (default 10000)
	@set -o pipefail; TICKMARK_FAULTS=$(FAULTS) go test -count=1 -timeout 30m -v -run '^TestMutations$$' ./reports/sign | grep -v '^=== '
	@set -o pipefail; TICKMARK_FAULTS=$(FAULTS) go test -count=1 -timeout 60m -v -run '^TestFaults$$' ./vault | grep -v '^=== '

.PHONY: golden
golden: ## write the golden frames and reports again; then read the diff like code
	TICKMARK_NO_PLANE=1 go test ./tui/... ./reports/... -update
	git diff --stat

.PHONY: pictures
pictures: build ## draw the README's pictures again from the demo
	docs/pictures/draw
