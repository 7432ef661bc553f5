# What one types. The build itself is described in meson.build.
#
#   make            build chirod and chiro in build/
#   make demo       two organisations on this machine, from invitation to proof
#   make up         the same two nodes, left running
#   make test       every test; make test SANITIZE=1 under the sanitizers
#   make lint       the rules of the tree, both compilers, scripts and manuals
#   make fuzz       every fuzzer for SECONDS=60, JOBS=2 at a time
#   make soak       everything goes wrong for SECONDS=60, again with SEED=…
#   make bench      measurements
#   make setup      install what all of this needs (Debian)

BUILD := build
SECONDS ?= 60
JOBS ?= 2
NINJA := ninja $(if $(BUILD_JOBS),-j$(BUILD_JOBS))

TEST_BUILD := $(if $(filter 1,$(SANITIZE)),build-sanitize,build-test)

OPTIONS_build-test := -Dfault_points=true
# Without fortification, whose memmove valgrind takes for a memcpy.
OPTIONS_build-valgrind := -Dfault_points=true -Doptimization=g
OPTIONS_build-sanitize := -Dfault_points=true -Db_sanitize=address,undefined -Db_lundef=false

.PHONY: all setup needs demo up test valgrind fuzz soak bench lint format install clean

all: $(BUILD)/build.ninja
	$(NINJA) -C $(BUILD)

setup:
	scripts/setup all

# Cheap when nothing is missing.
needs:
	@scripts/setup build

%/build.ninja: | needs
	meson setup $(OPTIONS_$*) $*

demo: needs all
	DATA='$(DATA)' demo/run

up: needs all
	DATA='$(DATA)' demo/up

test: needs $(TEST_BUILD)/build.ninja
	$(NINJA) -C $(TEST_BUILD)
	scripts/run-tests $(TEST_BUILD)

valgrind: needs build-valgrind/build.ninja
	$(NINJA) -C build-valgrind
	scripts/run-tests build-valgrind --suite unit --timeout-multiplier 30 \
	    --wrapper 'valgrind -q --leak-check=full --error-exitcode=99'

fuzz: needs
	scripts/fuzz '$(SECONDS)' '$(JOBS)'

soak: needs all
	scripts/soak '$(SECONDS)' '$(SEED)'

bench: needs all
	bench/run

lint: needs
	scripts/lint

format:
	scripts/list-files c h | xargs clang-format -i

install: all
	meson install -C $(BUILD)

clean:
	rm -rf build build-test build-sanitize build-fuzz build-valgrind build-gcc build-clang demo/out
