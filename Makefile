# dver - see README.md.  GNU make; no configure step.
#
#   make            build library and tool in build/MODE
#   make check      install what is missing, build, lint, test
#   make demo       install what is missing, build, show the main job
#   make install    DESTDIR, PREFIX
#   make bench      measure against cp and others (bench-remote: S3,
#                   bench-ssh; bench-pipeline: DVC)
#   make SAN=asan   address and undefined-behaviour sanitizers (or tsan)
#   make LIBS3=no   without signature version 2 of S3
#   make VEGA=no    without Vega: pages hold still pictures (VEGA=yes: fail
#                   if it is not there, "make deps" gets it)

SAN ?=
CC ?= cc
MODE := $(if $(SAN),$(SAN),release)
CCNAME := $(notdir $(firstword $(CC)))
LIBS3 ?= yes
VEGA ?= auto
VEGA_SCRIPTS := src/report/vega_scripts
VEGA_DIR := $(if $(filter no,$(VEGA)),,$(shell sh $(VEGA_SCRIPTS).sh path))
ifeq (yes,$(VEGA)$(VEGA_DIR))
$(error Vega is not there: "sh tests/deps.sh vega" gets it)
endif
B := build/$(MODE)-$(CCNAME)$(if $(filter no,$(LIBS3)),-nolibs3)$(if \
	$(filter no,$(VEGA)),-novega)

PACKAGES := libgit2 libcrypto libcurl libzstd yaml-0.1 jansson expat libutf8proc
PKG_CFLAGS := $(shell pkg-config --cflags $(PACKAGES) 2>/dev/null)
PKG_LIBS := $(shell pkg-config --libs $(PACKAGES) 2>/dev/null) -lm

WARN := -Wall -Wextra -Wshadow -Wvla -Wformat=2 -Wstrict-prototypes \
	-Wmissing-prototypes -Wwrite-strings -Wundef -Wconversion -Wcast-qual \
	-Wpointer-arith -Wnull-dereference -Wframe-larger-than=4096
ifeq (,$(findstring clang,$(CCNAME)))
WARN += -Wduplicated-cond -Wlogical-op
endif
ifdef CI
WARN += -Werror
endif
# Fault points too: the error paths that tests take are watched for leaks.
SANFLAGS_asan := -DDVER_FAULT -fsanitize=address,undefined -fno-sanitize-recover=all
SANFLAGS_tsan := -fsanitize=thread
HARD := $(if $(SAN),,-D_FORTIFY_SOURCE=3 -fstack-protector-strong)
CFLAGS ?= -O2 -g
ALL_CFLAGS := -std=gnu11 -D_GNU_SOURCE -D_FILE_OFFSET_BITS=64 \
	-fvisibility=hidden -fno-common -fPIC -pthread -Iinclude -Isrc -I. \
	-MMD -MP $(WARN) $(HARD) $(CFLAGS) $(SANFLAGS_$(SAN)) $(PKG_CFLAGS)
LIBS := $(SANFLAGS_$(SAN)) -pthread $(PKG_LIBS)

Q := $(if $(V),,@)
say = $(if $(V),,@printf '  %-5s %s\n' $(1) $(2))

LIB_SRC := $(filter-out src/cmd/%,$(wildcard src/*/*.c)) \
	$(wildcard remotes/*.c dvc-compat/*.c)
ifeq (no,$(LIBS3))
LIB_SRC := $(filter-out remotes/s3_v2.c remotes/s3_libs3.c,$(LIB_SRC))
else
ALL_CFLAGS += -DDVER_LIBS3
endif
TOOL_SRC := $(wildcard src/cmd/*.c)
TEST_SRC := $(wildcard tests/unit/test_*.c)
LIB_OBJ := $(LIB_SRC:%.c=$B/%.o)
TOOL_OBJ := $(TOOL_SRC:%.c=$B/%.o)
TESTS := $(TEST_SRC:tests/unit/%.c=$B/tests/%)

VERSION := $(shell sed -n 's/^\#define VERSION "\(.*\)"/\1/p' src/repo/repo.c)
SONAME := libdver.so.0
MAN := $(wildcard man/*.[157])

PREFIX ?= /usr/local
BINDIR := $(DESTDIR)$(PREFIX)/bin
LIBDIR := $(DESTDIR)$(PREFIX)/lib
INCDIR := $(DESTDIR)$(PREFIX)/include/dver
SHARE := $(DESTDIR)$(PREFIX)/share

.PHONY: all build-deps deps demo-deps bench-deps lint man check check-unit \
	check-cli check-remote check-browser check-install check-sweep model \
	simulate fuzz demo bench bench-remote bench-ssh bench-pipeline \
	dvc-golden install clean
.SECONDARY:

all: $B/libdver.a $B/libdver.so $B/dver $B/libdver.pc

$B/%.o: %.c
	$(call say,CC,$<)
	$Q mkdir -p $(@D)
	$Q $(CC) $(ALL_CFLAGS) -c -o $@ $<

# Files that are built in.
$B/src/report/plots_live.o: $(wildcard src/report/*.js)
ifneq (,$(VEGA_DIR))
$B/$(VEGA_SCRIPTS).o: ALL_CFLAGS += -DDVER_VEGA='"$(VEGA_DIR)"' \
	-DDVER_VEGA_VERSIONS='"$(shell sh $(VEGA_SCRIPTS).sh versions)"'
$B/$(VEGA_SCRIPTS).o: $(VEGA_SCRIPTS).sh $(VEGA_SCRIPTS).txt \
	$(wildcard $(VEGA_DIR)/*.js)
endif
$B/src/report/vega_template.o: $(wildcard src/report/templates/*.json)

$B/libdver.a: $(LIB_OBJ)
	$(call say,AR,$@)
	$Q rm -f $@
	$Q ar rcs $@ $^

$B/libdver.so: $(LIB_OBJ)
	$(call say,LINK,$@)
	$Q $(CC) -shared -Wl,-soname,$(SONAME) -Wl,-z,relro,-z,now -o $@ $^ \
		$(LIBS)

$B/dver: $(TOOL_OBJ) $B/libdver.a
	$(call say,LINK,$@)
	$Q $(CC) -Wl,-z,relro,-z,now -o $@ $^ $(LIBS)

$B/libdver.pc: Makefile src/repo/repo.c
	$Q mkdir -p $(@D)
	$Q printf '%s\n' 'prefix=$(PREFIX)' 'libdir=$${prefix}/lib' \
		'includedir=$${prefix}/include' '' 'Name: libdver' \
		'Description: Data version control beside git' \
		'Version: $(VERSION)' \
		'Libs: -L$${libdir} -ldver' \
		'Libs.private: -pthread $(PKG_LIBS)' \
		'Cflags: -I$${includedir}' >$@

$B/tests/%: $B/tests/unit/%.o $B/libdver.a
	$(call say,LINK,$@)
	$Q mkdir -p $(@D)
	$Q $(CC) -o $@ $^ $(LIBS) -lcmocka

# The tool as it is where there is no Vega.
$B/tests/novega/dver: $(TOOL_OBJ) $B/libdver.a $(VEGA_SCRIPTS).c
	$(call say,LINK,$@)
	$Q mkdir -p $(@D)
	$Q $(CC) $(ALL_CFLAGS) -c -o $@.o $(VEGA_SCRIPTS).c
	$Q $(CC) -o $@ $(TOOL_OBJ) $@.o $B/libdver.a $(LIBS)

SUITE_OBJ := $(patsubst %.c,$B/%.o,$(wildcard tests/remote/suite*.c))
$B/tests/suite: $(SUITE_OBJ) $B/libdver.a
	$(call say,LINK,$@)
	$Q mkdir -p $(@D)
	$Q $(CC) -o $@ $^ $(LIBS)

# The store's protocols, with random names that come from a seed.
SIM_OBJ := $(patsubst %.c,$B/%.o,$(wildcard tests/simulate/*.c))
$B/tests/simulate-store: $(SIM_OBJ) $B/libdver.a
	$(call say,LINK,$@)
	$Q mkdir -p $(@D)
	$Q $(CC) -Wl,--wrap=getrandom,--wrap=time -o $@ $^ $(LIBS)

build-deps:
	$Q sh tests/deps.sh

deps: build-deps
	$Q sh tests/deps.sh servers browser vega

demo-deps: build-deps
	$Q sh tests/deps.sh demo

bench-deps: build-deps
	$Q sh tests/deps.sh bench

install: all
	install -d $(BINDIR) $(LIBDIR)/pkgconfig $(INCDIR) $(SHARE)/man \
		$(SHARE)/dver \
		$(SHARE)/bash-completion/completions \
		$(SHARE)/zsh/vendor-completions \
		$(SHARE)/fish/vendor_completions.d
	install $B/dver $(BINDIR)/dver
	install -m 644 $B/libdver.a $(LIBDIR)/libdver.a
	install -m 644 $B/libdver.so $(LIBDIR)/$(SONAME).$(VERSION)
	ln -sf $(SONAME).$(VERSION) $(LIBDIR)/$(SONAME)
	ln -sf $(SONAME) $(LIBDIR)/libdver.so
	sed "s|^prefix=.*|prefix=$(PREFIX)|" $B/libdver.pc \
		>$(LIBDIR)/pkgconfig/libdver.pc
	install -m 644 include/dver/*.h $(INCDIR)
	for page in $(MAN); do \
		dir=$(SHARE)/man/man$${page##*.} && install -d $$dir && \
		install -m 644 $$page $$dir || exit 1; \
	done
	install -m 644 src/pipeline/dver.schema.json $(SHARE)/dver
	$B/dver completion bash >$(SHARE)/bash-completion/completions/dver
	$B/dver completion zsh >$(SHARE)/zsh/vendor-completions/_dver
	$B/dver completion fish \
		>$(SHARE)/fish/vendor_completions.d/dver.fish

lint: all
	$Q sh tests/lint/text.sh
	$Q sh tests/lint/layers.sh
	$Q sh tests/lint/help.sh $B/dver
	$Q sh tests/lint/symbols.sh $B/libdver.so
	$Q $(MAKE) --no-print-directory man

# Each page alone: a broken one is named.  A quote in a quote is a macro that
# took the rest of its line.
man:
	$Q for page in $(MAN); do \
		mandoc -T lint -W warning $$page || exit 1; \
		if mandoc -T utf8 $$page | tr '\n' ' ' | \
			LC_ALL=C.UTF-8 grep -o '“[^”]*“\|‘[^’]*‘'; then \
			echo "$$page: a quote in a quote"; exit 1; \
		fi; \
	done

check-unit: $(TESTS)
	$Q CMOCKA_MESSAGE_OUTPUT=TAP prove -o -j4 --exec '$(RUNNER)' $(TESTS)

# Under sanitizers without what takes longest and calls nothing of its own.
CLI_TESTS := $(filter-out $(if $(SAN),tests/cli/random.t \
	tests/cli/completion.t),$(sort $(wildcard tests/cli/*.t)))
check-cli: $B/dver
	$Q DVER_BIN=$(CURDIR)/$B \
		DEMO_CC="$(CC) -O2 $(WARN) -Werror $(SANFLAGS_$(SAN))" \
		prove -o -j4 --exec sh $(CLI_TESTS)

# The store's protocols under a scheduler that can be run again: from FIRST on.
FIRST ?= 1
STORIES ?= 5000
simulate: $B/tests/simulate-store
	$Q d=$$(mktemp -d /dev/shm/dver.XXXXXX) && trap 'rm -rf '$$d EXIT && \
		$B/tests/simulate-store -b 0 -k -s $(FIRST) \
		-n $(STORIES) $$d/sim

# Random work against a model: make model SEEDS="1 2 3", or many.
SEEDS ?= $(shell seq 1 1000)
model: $B/dver
	$Q PATH=$(CURDIR)/$B:$$PATH python3 tests/model/random_work.py $(SEEDS)

# One of each server for all tests.
SERVERS := ceph swift azurite nginx apache lighttpd sshd
check-remote: $B/dver $B/tests/suite $B/tests/simulate-store
	$Q DVER_BIN=$(CURDIR)/$B sh tests/server/with.sh $(SERVERS) -- \
		prove -o -j2 --exec sh tests/remote/*.t

# Pages in Chromium, with the Python that Debian's selenium is for.
check-browser: $B/dver $B/tests/novega/dver
	$Q DVER_BIN=$(CURDIR)/$B DVER_NOVEGA=$(CURDIR)/$B/tests/novega \
		prove -o -j2 --exec '/usr/bin/python3 -B' tests/browser/*.t

check-install: all
	$Q sh tests/install.sh "$(CC)" "$(MAKE)"

check-sweep: $B/dver
	$Q DVER_BIN=$(CURDIR)/$B CC="$(CC)" \
		prove -o -j4 --exec sh tests/sweep/*.t

# The sub-make asks pkg-config again: deps may have installed something.  The
# servers are installed while all that needs none is built and tested.
check: build-deps
	$Q sh tests/deps.sh vega
	$Q mkdir -p build; sh tests/deps.sh servers browser \
		>build/deps.log 2>&1 & \
		deps=$$!; $(MAKE) --no-print-directory VEGA=yes all && \
		$(MAKE) --no-print-directory lint check-unit && \
		{ wait $$deps || { cat build/deps.log; exit 1; }; }
	$Q $(MAKE) --no-print-directory check-cli check-remote \
		check-browser check-install check-sweep
	$Q $(MAKE) --no-print-directory SAN=asan check-unit check-cli
	$Q $(MAKE) --no-print-directory check-unit \
		RUNNER='env TESTS_SMALL=1 valgrind -q --error-exitcode=99'

demo: demo-deps
	$Q $(MAKE) --no-print-directory all
	$Q DVER_BIN=$(CURDIR)/$B CC="$(CC)" sh tests/demo/run.sh

bench: bench-deps
	$Q $(MAKE) --no-print-directory all
	$Q PATH=$(CURDIR)/$B:$$PATH \
		python3 tests/bench/run.py build/bench.json $(ARGS)

# Push and pull over S3 against aws and rclone: make bench-remote ARGS=...
bench-remote: bench-deps
	$Q sh tests/deps.sh servers
	$Q $(MAKE) --no-print-directory all
	$Q PATH=$(CURDIR)/$B:$$PATH CEPH_BYTES=12000000000 \
		sh tests/server/with.sh ceph -- \
		python3 tests/bench/remote.py build/bench-remote.json $(ARGS)

bench-ssh: bench-deps
	$Q $(MAKE) --no-print-directory all
	$Q PATH=$(CURDIR)/$B:$$PATH sh tests/server/with.sh sshd -- \
		python3 tests/bench/ssh.py build/bench-ssh.json $(ARGS)

bench-pipeline: build-deps
	$Q sh tests/deps.sh dvc
	$Q $(MAKE) --no-print-directory all
	$Q PATH=$(CURDIR)/$B:$$PATH \
		python3 tests/bench/pipeline.py build/bench-pipeline.json $(ARGS)

# What DVC says of the cases of tests/cli/dvc_golden.t: it is installed first.
dvc-golden: build-deps
	$Q sh tests/deps.sh dvc
	$Q DVC_NO_ANALYTICS=1 python3 tests/cli/dvc_golden.py make \
		tests/cli/dvc_golden.json build/dvc-venv/bin/dvc

# Each target for T seconds; needs clang and its runtime (libclang-rt-14-dev).
T ?= 60
fuzz:
	$Q mkdir -p build/fuzz
	$Q for f in tests/fuzz/fuzz_*.c; do \
		n=$$(basename $$f .c) && mkdir -p build/fuzz/corpus-$$n && \
		clang -g -O1 -std=gnu11 -D_GNU_SOURCE -Iinclude -Isrc -I. \
			-pthread \
			-fsanitize=fuzzer,address,undefined $(PKG_CFLAGS) \
			-o build/fuzz/$$n $$f $(LIB_SRC) $(PKG_LIBS) && \
		build/fuzz/$$n -max_total_time=$(T) -print_final_stats=1 \
			build/fuzz/corpus-$$n || exit 1; \
	done

clean:
	rm -rf build

-include $(wildcard $B/*.d $B/*/*.d $B/*/*/*.d)
