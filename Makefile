# Everything here works from a fresh clone on a machine with Python 3.11 and make: .venv is made where it is needed.

WORKERS ?= 2
BIN := .venv/bin
BUF := npx --yes --loglevel=error @bufbuild/buf@1.75.0

# Programs that pip cannot bring: name, Debian package, what is left out without it.
define TEST_PROGRAMS
exim4 exim4-daemon-light mail to exim and back
dovecot dovecot-imapd mail to exim and back
/usr/lib/dovecot/lmtp dovecot-lmtpd mail to exim and back
nginx nginx-light the web's pages from a real server
nginx nginx-light pages from nginx
unshare util-linux the gate in a world without a way out
ip iproute2 the gate in a world without a way out
chromium-headless-shell chromium-headless-shell pages that need a browser
bearerbox kannel texts to Kannel and back
node nodejs texts to Kannel and back
npm npm texts to Kannel and back
endef
define CHECK_PROGRAMS
npx npm buf lint, buf breaking
endef
define BENCH_PROGRAMS
nginx nginx-light W1 to W4
chromium-headless-shell chromium-headless-shell W3.chromium
bearerbox kannel SMS1
node nodejs SMS1
npm npm SMS1
endef
define NODE_PACKAGES
[ -d .venv/node/node_modules/smpp ] || ! command -v npm >/dev/null || \
	npm install --prefix .venv/node --no-audit --no-fund --loglevel=error smpp@0.5.1 >/dev/null || \
	echo "left out: texts to Kannel and back: npm did not bring smpp"
endef
define DOCUMENTS
/usr/share/doc/apache2-doc/manual/fr/rewrite/intro.html apache2-doc documents of the web
/usr/share/doc/aptitude/html/ja/ch01s01s04.html aptitude-doc-ja documents of the web
/usr/share/doc/aptitude/html/ru/ch02s03s03.html aptitude-doc-ru documents of the web
/usr/share/doc/bc/bc.html bc documents of the web
/usr/share/doc/debian/FAQ/ru/pkg-basics.ru.html debian-faq-ru documents of the web
/usr/share/doc/debian-policy/fhs/fhs-3.0.html debian-policy documents of the web
/usr/share/doc/gettext/gettext_9.html gettext-doc documents of the web
/usr/share/doc/git-doc/git-log.html git-doc documents of the web
/usr/share/doc/graphviz/html/info/attrs.html graphviz-doc documents of the web
/usr/share/doc/libflac-doc/api/classFLAC_1_1Metadata_1_1Prototype.html libflac-doc documents of the web
/usr/share/doc/libjs-underscore/index.html libjs-underscore documents of the web
/usr/share/doc/libtheora-dev/html/theoraenc_8h.html libtheora-doc documents of the web
/usr/share/doc/maint-guide-zh-cn/html/dreq.zh-cn.html maint-guide-zh-cn documents of the web
/usr/share/doc/ninja-build/manual.html ninja-build documents of the web
/usr/share/doc/ntpsec-doc/html/authentic.html ntpsec-doc documents of the web
/usr/share/doc/sqlite3/atomiccommit.html sqlite3-doc documents of the web
/usr/share/doc/w3m/MANUAL.html w3m documents of the web
endef
export TEST_PROGRAMS CHECK_PROGRAMS BENCH_PROGRAMS DOCUMENTS

.NOTPARALLEL:
.PHONY: help demo test quick check soak bench generate readme release-image \
	style types imports tidy generated buf coverage test-programs check-programs bench-programs

help: ## list these targets
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/\1|\2/p' Makefile | \
		while IFS='|' read -r name what; do printf '%-14s %s\n' "$$name" "$$what"; done

.venv/.run: pyproject.toml tools/venv.sh
	@echo "installing thinline into .venv"
	@sh tools/venv.sh
	@touch $@

.venv/.dev: .venv/.run
	@echo "installing the tools of the checks into .venv"
	@sh tools/venv.sh dev
	@touch $@

demo: .venv/.run ## two handsets, a tunnel, a battery that dies: at most 20 s
	@$(BIN)/thinline demo

test: .venv/.dev test-programs ## all tests but soak
	@$(BIN)/python -m pytest -n $(WORKERS) -m "not soak"

quick: .venv/.dev ## no sockets, at most 60 s: for every edit
	@$(BIN)/python -m pytest -q -n $(WORKERS) -m "not system and not slow and not soak"

check: check-programs style types imports tidy generated buf coverage test ## all that a change must pass, at most 10 minutes

soak: .venv/.dev test-programs ## the full counts with their figures, at most 60 minutes
	@$(BIN)/python -m pytest -raP --durations=0 -m "soak and alone"
	@$(BIN)/python -m pytest -raP --durations=0 -n $(WORKERS) -m "soak and not alone"

bench: .venv/.run bench-programs ## all figures into bench.json, or ONLY=P1,N3
	@$(BIN)/thinline bench --json bench.json $(if $(ONLY),--only $(ONLY))

generate: .venv/.dev ## the protobuf modules from their .proto files
	@$(BIN)/python -m thinline_tools.genproto

readme: .venv/.dev ## what the README shows of the demo: its transcripts, and the film in docs
	@$(BIN)/python -m thinline_tools.readme

release-image: ## freeze the schemas of a release as what `buf breaking` compares with
	@cd proto && $(BUF) build --exclude-source-info -o released.binpb

# The steps of check.

style: .venv/.dev
	@$(BIN)/ruff format --check --quiet || { echo "run $(BIN)/ruff format" >&2; exit 1; }
	@$(BIN)/ruff check --quiet

types: .venv/.dev
	@$(BIN)/mypy

imports: .venv/.dev
	@$(BIN)/lint-imports --no-logo

tidy: .venv/.dev
	@$(BIN)/python -m pytest -q tests/test_tidy.py

generated: .venv/.dev
	@$(BIN)/python -m thinline_tools.genproto --check

buf:
	@if command -v npx >/dev/null; then \
		cd proto && $(BUF) lint && $(BUF) breaking --against released.binpb; \
	elif [ "$$CI" = true ]; then \
		echo "buf needs npx, which comes with npm (Debian, Ubuntu: apt install npm)" >&2; exit 1; \
	else \
		echo "skipped: buf lint, buf breaking: npx is missing; it comes with npm (Debian, Ubuntu: apt install npm)"; \
	fi

coverage: .venv/.dev
	@$(BIN)/python -m thinline_tools.owncover

test-programs:
	@printf '%s\n' "$$TEST_PROGRAMS" "$$DOCUMENTS" | sh tools/system-packages.sh
	@$(NODE_PACKAGES)

bench-programs:
	@printf '%s\n' "$$BENCH_PROGRAMS" "$$DOCUMENTS" | sh tools/system-packages.sh
	@$(NODE_PACKAGES)

check-programs:
	@echo "$$CHECK_PROGRAMS" | sh tools/system-packages.sh
