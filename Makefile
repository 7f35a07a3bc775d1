# dver - see README.md.  GNU make; no configure step.
#
#   make            build the library (and the tool) in build/MODE
#   make check      install what is missing, build, lint, test
#   make SAN=asan   address and undefined-behaviour sanitizers (or tsan)

SAN ?=
CC ?= cc
MODE := $(if $(SAN),$(SAN),release)
CCNAME := $(notdir $(firstword $(CC)))
B := build/$(MODE)-$(CCNAME)

PACKAGES := libgit2 libcrypto libzstd yaml-0.1 libutf8proc
PKG_CFLAGS := $(shell pkg-config --cflags $(PACKAGES) 2>/dev/null)
PKG_LIBS := $(shell pkg-config --libs $(PACKAGES) 2>/dev/null)

WARN := -Wall -Wextra -Wshadow -Wvla -Wformat=2 -Wstrict-prototypes \
	-Wmissing-prototypes -Wwrite-strings -Wundef -Wconversion -Wcast-qual \
	-Wpointer-arith -Wnull-dereference -Wframe-larger-than=4096
ifeq (,$(findstring clang,$(CCNAME)))
WARN += -Wduplicated-cond -Wlogical-op
endif
ifdef CI
WARN += -Werror
endif
SANFLAGS_asan := -fsanitize=address,undefined -fno-sanitize-recover=all
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
TOOL_SRC := $(wildcard src/cmd/*.c)
TEST_SRC := $(wildcard tests/unit/test_*.c)
LIB_OBJ := $(LIB_SRC:%.c=$B/%.o)
TOOL_OBJ := $(TOOL_SRC:%.c=$B/%.o)
TESTS := $(TEST_SRC:tests/unit/%.c=$B/tests/%)

.PHONY: all deps lint check check-unit fuzz clean
.SECONDARY:

all: $B/libdver.a $(if $(TOOL_SRC),$B/dver)

$B/%.o: %.c
	$(call say,CC,$<)
	$Q mkdir -p $(@D)
	$Q $(CC) $(ALL_CFLAGS) -c -o $@ $<

$B/libdver.a: $(LIB_OBJ)
	$(call say,AR,$@)
	$Q rm -f $@
	$Q ar rcs $@ $^

$B/dver: $(TOOL_OBJ) $B/libdver.a
	$(call say,LINK,$@)
	$Q $(CC) -o $@ $^ $(LIBS)

$B/tests/%: $B/tests/unit/%.o $B/libdver.a
	$(call say,LINK,$@)
	$Q mkdir -p $(@D)
	$Q $(CC) -o $@ $^ $(LIBS) -lcmocka

deps:
	$Q sh tests/deps.sh

lint:
	$Q sh tests/lint/text.sh
	$Q for page in man/*.[1357]; do \
		mandoc -T lint -W warning $$page || exit 1; \
	done

check-unit: $(TESTS)
	$Q CMOCKA_MESSAGE_OUTPUT=TAP prove -j2 --exec '' $(TESTS)

# The sub-make asks pkg-config again: deps may have installed something.
check: deps
	$Q $(MAKE) --no-print-directory lint all check-unit
	$Q $(MAKE) --no-print-directory SAN=asan check-unit

# Each target for T seconds; needs clang and its runtime (libclang-rt-14-dev).
T ?= 60
fuzz:
	$Q mkdir -p build/fuzz
	$Q for f in tests/fuzz/fuzz_*.c; do \
		n=$$(basename $$f .c) && mkdir -p build/fuzz/corpus-$$n && \
		clang -g -O1 -std=gnu11 -D_GNU_SOURCE -Iinclude -Isrc -pthread \
			-fsanitize=fuzzer,address,undefined $(PKG_CFLAGS) \
			-o build/fuzz/$$n $$f $(LIB_SRC) $(PKG_LIBS) && \
		build/fuzz/$$n -max_total_time=$(T) -print_final_stats=1 \
			build/fuzz/corpus-$$n || exit 1; \
	done

clean:
	rm -rf build

-include $(wildcard $B/*.d $B/*/*.d $B/*/*/*.d)
