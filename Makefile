# VEMRE: the election's programs, from the key session to the archive.
#
#   make                 programs (build/bin), the voter's page (build/site), English texts
#   make check           every test that ends within minutes        make check-asan   the unit tests under ASan and UBSan
#   make simulacro       a whole election on this machine           make check-valgrind
#   make check-faults    parts killed and cut off under load: nothing lost, nothing doubled
#   make numerals        what shows each numeral, of the last one
#   make install DESTDIR=...                        make deb         Debian packages (build/deb)
#   make man             manual pages (build/man)
#
# One static archive per folder of lib/; a folder uses only those to its left in FOLDERS.

FOLDERS  := base group protocol election record journal hsm store notify report ceremony monitor
BUILD    ?= build
MAKEFLAGS += -j$(shell nproc)
CC       ?= gcc
PREFIX   ?= /usr
WARN     := -Wall -Wextra -Wconversion -Wshadow -Wstrict-prototypes -Wmissing-prototypes \
            -Wpointer-arith -Wwrite-strings -Wformat=2 -Wvla -Werror
# No path of the building machine in what is built: two builds anywhere give the same bytes (numeral 14).
HARDEN   := -D_FORTIFY_SOURCE=2 -fstack-protector-strong -fPIE -ffile-prefix-map=$(CURDIR)=.
OPT      ?= -O2 -g
SAN      ?=
FULL     := libssl libcrypto jansson libconfig libpq libp11 p11-kit-1 libcurl pangocairo libqrencode libmaxminddb libseccomp
# Recursive, so that nothing of this is asked before the packages are there.
PKGFLAGS  = $(eval PKGFLAGS := $(shell pkg-config --cflags $(FULL)))$(PKGFLAGS)
CFLAGS    = -std=c11 -D_GNU_SOURCE $(OPT) $(WARN) $(HARDEN) $(SAN) -Ilib -Ifcgi -Itest $(PKGFLAGS) -MMD -MP
LDFLAGS  := -pie -Wl,-z,relro,-z,now -Wl,--as-needed $(SAN)

# What any verifier needs, and what the rest needs.
LIBS_OPEN := $(foreach f,journal record election protocol group base,$(BUILD)/lib/lib$(f).a)
LIBS_ALL  := $(foreach f,monitor ceremony report notify store hsm journal record election protocol group base,$(BUILD)/lib/lib$(f).a)
LD_OPEN   := -lcrypto -ljansson -lpthread
LD_ALL     = $(eval LD_ALL := $(shell pkg-config --libs $(FULL)) -ldl -lpthread -lm)$(LD_ALL)

OPEN_PROGRAMS := verify-election mix-election
PROGRAMS := $(patsubst cmd/%.c,%,$(wildcard cmd/*.c))
BINARIES := $(PROGRAMS:%=$(BUILD)/bin/%) $(if $(wildcard fcgi/backend/main.c),$(BUILD)/bin/vemre-backend)
OBJ = $(patsubst %.c,$(BUILD)/obj/%.o,$(1))

all: programs site translations
programs: $(BINARIES)

# The vector code's debug tracking costs a minute of compilation under the sanitizers and serves nobody.
$(BUILD)/obj/lib/group/lanes_%.o: OPT += -fno-var-tracking-assignments

$(BUILD)/obj/%.o: %.c Makefile
	@mkdir -p $(@D)
	@echo '  CC    $<'
	@$(CC) $(CFLAGS) -c -o $@ $<

define FOLDER_rule
$(BUILD)/lib/lib$(1).a: $(call OBJ,$(wildcard lib/$(1)/*.c))
	@mkdir -p $$(@D)
	@rm -f $$@
	@echo '  AR    $$@'
	@ar rcsD $$@ $$^
endef
$(foreach f,$(FOLDERS),$(eval $(call FOLDER_rule,$(f))))

$(OPEN_PROGRAMS:%=$(BUILD)/bin/%): $(BUILD)/bin/%: $(BUILD)/obj/cmd/%.o $(LIBS_OPEN)
	@mkdir -p $(@D)
	@echo '  LINK  $@'
	@$(CC) $(LDFLAGS) -o $@ $^ $(LD_OPEN)

$(filter-out $(OPEN_PROGRAMS:%=$(BUILD)/bin/%),$(PROGRAMS:%=$(BUILD)/bin/%)): $(BUILD)/bin/%: $(BUILD)/obj/cmd/%.o $(LIBS_ALL)
	@mkdir -p $(@D)
	@echo '  LINK  $@'
	@$(CC) $(LDFLAGS) -o $@ $^ $(LD_ALL)

$(BUILD)/bin/vemre-backend: $(call OBJ,$(wildcard fcgi/backend/*.c)) $(LIBS_ALL)
	@mkdir -p $(@D)
	@echo '  LINK  $@'
	@$(CC) $(LDFLAGS) -o $@ $^ -lfcgi $(LD_ALL)

# ---- tests: test/unit/test_*.c, one program each, on cmocka; what they share is the rest of test/unit
UNIT := $(patsubst test/unit/%.c,%,$(wildcard test/unit/test_*.c))
KIT  := $(BUILD)/lib/libkit.a
$(KIT): $(call OBJ,$(filter-out test/unit/test_%.c,$(wildcard test/unit/*.c)))
	@mkdir -p $(@D)
	@rm -f $@
	@echo '  AR    $@'
	@ar rcsD $@ $^
$(UNIT:%=$(BUILD)/test/%): $(BUILD)/test/%: $(BUILD)/obj/test/unit/%.o $(KIT) $(LIBS_ALL)
	@mkdir -p $(@D)
	@echo '  LINK  $@'
	@$(CC) $(LDFLAGS) -o $@ $^ -lcmocka $(LD_ALL)
unit-programs: $(UNIT:%=$(BUILD)/test/%)

# ---- test/tools/*.c: programs that make what the tests need
TOOLS := $(patsubst test/tools/%.c,%,$(wildcard test/tools/*.c))
$(BUILD)/tools/seal-casts: $(BUILD)/obj/fcgi/backend/token.o
$(TOOLS:%=$(BUILD)/tools/%): $(BUILD)/tools/%: $(BUILD)/obj/test/tools/%.o $(KIT) $(LIBS_ALL)
	@mkdir -p $(@D)
	@echo '  LINK  $@'
	@$(CC) $(LDFLAGS) -o $@ $^ $(LD_ALL)

# ---- test/modules/*.c: PKCS#11 modules for the tests, and what they preload
MODULES := $(patsubst test/modules/%.c,%,$(wildcard test/modules/*.c))
$(MODULES:%=$(BUILD)/tools/%.so): $(BUILD)/tools/%.so: test/modules/%.c test/modules/softhsm.h Makefile
	@mkdir -p $(@D)
	@echo '  CC    $<'
	@$(CC) $(CFLAGS) -fPIC -shared -o $@ $< -ldl
test-tools: $(TOOLS:%=$(BUILD)/tools/%) $(MODULES:%=$(BUILD)/tools/%.so)

# ---- test/mutation: the verifier with each of its decisions switched off in turn. Copies of these sources with mutants
# written into them, linked before the archives; what is installed has nothing of it.
MUTATED := $(addprefix lib/record/,verify.c verify_lists.c verify_votes.c vote_check.c chain.c ballots.c box.c list.c votes.c \
             folder.c challenge_file.c checked_ballot.c lottery_file.c receipt_file.c) \
           $(addprefix lib/protocol/,shuffle_check.c decryption.c ballot.c challenge.c signature.c envelope.c) \
           $(addprefix lib/election/,rights.c definition.c contests.c parse.c) lib/base/json.c
MUTATED_OBJ := $(MUTATED:%.c=$(BUILD)/mutation/obj/%.o) $(BUILD)/obj/test/mutation/mutation.o
MUTATION_UNIT := $(addprefix test_,ballot challenge decryption envelope record open rights shuffle signature lottery base definition chain papers \
                 challenge_file checked)
.SECONDARY: $(MUTATED:%.c=$(BUILD)/mutation/src/%.c)
$(BUILD)/mutation/src/%.c: %.c test/mutation/mutate.mjs
	@mkdir -p $(@D)
	@node test/mutation/mutate.mjs $< >$@.part && mv $@.part $@
$(BUILD)/mutation/obj/%.o: $(BUILD)/mutation/src/%.c test/mutation/mutation.h
	@mkdir -p $(@D)
	@echo '  MUTATE $*.c'
	@$(CC) $(CFLAGS) -w -c -o $@ $<
$(BUILD)/mutation/mutants: $(BUILD)/obj/test/mutation/mutants.o $(MUTATED_OBJ) $(KIT) $(LIBS_ALL)
	@echo '  LINK  $@'
	@$(CC) $(LDFLAGS) -o $@ $^ $(LD_ALL)
$(MUTATION_UNIT:%=$(BUILD)/mutation/%): $(BUILD)/mutation/%: $(BUILD)/obj/test/unit/%.o $(MUTATED_OBJ) $(KIT) $(LIBS_ALL)
	@echo '  LINK  $@'
	@$(CC) $(LDFLAGS) -o $@ $^ -lcmocka $(LD_ALL)
mutation-programs: $(BUILD)/mutation/mutants $(MUTATION_UNIT:%=$(BUILD)/mutation/%)

# ---- test/fuzz/fuzz_*.c: libFuzzer targets, everything they use built by clang with ASan and UBSan
FUZZ := $(patsubst test/fuzz/%.c,%,$(wildcard test/fuzz/fuzz_*.c))
FUZZ_FLAGS := -g -O1 -fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-recover=all
FUZZ_SRC := $(wildcard lib/base/*.c lib/group/*.c lib/protocol/*.c lib/election/*.c lib/record/*.c) $(wildcard lib/journal/*.c) \
            $(addprefix lib/ceremony/,archive_attendance.c archive_check.c archive_scan.c \
              gcm.c host_report.c import.c manifest.c manifest_compare.c reissue.c roll.c spool.c) \
            $(addprefix lib/hsm/,module.c signer.c token.c) $(addprefix lib/monitor/,handset.c scrape.c) \
            $(addprefix lib/notify/,figures.c gateway.c mail.c sms.c transfer.c) \
            $(addprefix lib/store/,connection.c connection_reach.c entry.c integrity.c journal_rows.c reissues.c voting.c watch.c) \
            $(filter-out %/main.c %/setup.c %/confined.c %/metrics_server.c,$(wildcard fcgi/backend/*.c)) test/fuzz/fuzz.c
FUZZ_SRC := $(wildcard test/fuzz/inside/*.c) $(FUZZ_SRC)
FUZZ_OBJ := $(FUZZ_SRC:%.c=$(BUILD)/fuzz/obj/%.o)
FUZZ_LD := -lcrypto -ljansson -lconfig -lcurl -lseccomp -lpq -lmaxminddb -lfcgi -lpthread -lm
$(BUILD)/fuzz/obj/%.o: %.c
	@mkdir -p $(@D)
	@echo '  FUZZ  $<'
	@clang -std=c11 -D_GNU_SOURCE $(FUZZ_FLAGS) -Ilib -Ifcgi -Itest/fuzz $(PKGFLAGS) -MMD -MP -c -o $@ $<
# In an archive, of which each takes what it uses. A target that includes a source has that one from itself.
$(BUILD)/fuzz/libfuzzed.a: $(FUZZ_OBJ)
	@rm -f $@
	@ar rcsD $@ $^
$(FUZZ:%=$(BUILD)/fuzz/%): $(BUILD)/fuzz/%: $(BUILD)/fuzz/obj/test/fuzz/%.o $(BUILD)/fuzz/libfuzzed.a
	@echo '  LINK  $@'
	@clang -fsanitize=fuzzer,address,undefined -o $@ $^ $(FUZZ_LD)
fuzz-programs: $(FUZZ:%=$(BUILD)/fuzz/%)
.SECONDARY: $(FUZZ_OBJ)
SECONDS_EACH ?= 60
fuzz: fuzz-programs
	./test/fuzz/run $(BUILD) $(SECONDS_EACH)

# ---- the voter's page
SITE_SRC := $(shell find fcgi/site fcgi/checker fcgi/verifier/src -type f -not -path '*/node_modules/*' 2>/dev/null)
site: $(BUILD)/site/.made
$(BUILD)/site/.made: $(SITE_SRC)
	fcgi/site/build $(BUILD)/site
	fcgi/checker/build $(BUILD)/site/comprobador.html
	@touch $@

# ---- English texts (Spanish is the language of the sources)
translations: $(BUILD)/share/locale/en/LC_MESSAGES/vemre.mo
$(BUILD)/share/locale/en/LC_MESSAGES/vemre.mo: $(wildcard lib/base/en.po)
	@mkdir -p $(@D)
	$(if $<,msgfmt -o $@ $<,@touch $@)
texts:
	test/tools/texts

UNITS := $(patsubst fcgi/systemd/%,%,$(wildcard fcgi/systemd/vemre-*.service fcgi/systemd/vemre-*.timer)) vemre-.service.d/hardening.conf
# What numeral 14's hash covers is what is installed here, no more.
install: all install-units
	install -d $(DESTDIR)$(PREFIX)/bin $(DESTDIR)$(PREFIX)/share/vemre/site $(DESTDIR)$(PREFIX)/share/vemre/sql \
		$(DESTDIR)$(PREFIX)/share/vemre/nginx $(DESTDIR)$(PREFIX)/share/vemre/monitoring $(DESTDIR)$(PREFIX)/share/vemre/ceremony-scripts $(DESTDIR)$(PREFIX)/share/doc/vemre \
		$(DESTDIR)$(PREFIX)/share/locale/en/LC_MESSAGES
	install -s -m 755 $(BINARIES) $(DESTDIR)$(PREFIX)/bin
	install -m 644 $(BUILD)/site/* $(DESTDIR)$(PREFIX)/share/vemre/site
	install -m 644 sql/*.sql $(DESTDIR)$(PREFIX)/share/vemre/sql
	install -m 644 fcgi/nginx/*.in $(DESTDIR)$(PREFIX)/share/vemre/nginx
	install -m 755 fcgi/nginx/fill $(DESTDIR)$(PREFIX)/share/vemre/nginx
	install -m 644 fcgi/monitoring/* $(DESTDIR)$(PREFIX)/share/vemre/monitoring
	install -m 755 ceremony-scripts/0?-* $(DESTDIR)$(PREFIX)/share/vemre/ceremony-scripts
	install -m 644 doc/vemre.conf doc/protocol.md doc/security.md doc/verify.md doc/manual-*.md README.md LICENSE $(DESTDIR)$(PREFIX)/share/doc/vemre
	install -m 644 $(BUILD)/share/locale/en/LC_MESSAGES/vemre.mo $(DESTDIR)$(PREFIX)/share/locale/en/LC_MESSAGES

install-units:
	install -d $(DESTDIR)$(PREFIX)/lib/systemd/system/vemre-.service.d $(DESTDIR)$(PREFIX)/lib/sysusers.d
	for f in $(UNITS); do \
		sed 's|/usr/bin/|$(PREFIX)/bin/|; s|/usr/share/|$(PREFIX)/share/|' fcgi/systemd/$$f \
			>$(DESTDIR)$(PREFIX)/lib/systemd/system/$$f && chmod 644 $(DESTDIR)$(PREFIX)/lib/systemd/system/$$f || exit 1; done
	install -m 644 fcgi/systemd/vemre.sysusers $(DESTDIR)$(PREFIX)/lib/sysusers.d/vemre.conf

# The Debian packages (ceremony-scripts/packages): of what is installed, the same bytes wherever it is built.
deb: all
	rm -rf $(BUILD)/deb-stage $(BUILD)/deb
	$(MAKE) install DESTDIR=$(BUILD)/deb-stage PREFIX=/usr
	ceremony-scripts/packages/build $(BUILD)/deb-stage $(BUILD)/deb
	rm -rf $(BUILD)/deb-stage

# The manual pages, of each program's --help and of doc/vemre.conf; the packages make theirs themselves.
man: programs translations
	rm -rf $(BUILD)/man
	SOURCE_DATE_EPOCH=$${SOURCE_DATE_EPOCH:-$$(git log -1 --format=%ct 2>/dev/null)} \
		ceremony-scripts/packages/man-pages $(BUILD)/bin doc/vemre.conf $(BUILD)/man

C_FILES = $(shell git ls-files '*.c' '*.h')
format:
	clang-format -i $(C_FILES)
lint:
	./test/tools/lint
lint-flags:
	@echo '$(PKGFLAGS)'
coverage:
	$(MAKE) BUILD=build-coverage OPT="-O0 -g --coverage" HARDEN="-fPIE" SAN=--coverage unit-programs
	./test/unit/run build-coverage
	gcovr -r . --object-directory build-coverage lib --txt build-coverage/coverage.txt --print-summary

check:
	./test/run
check-asan:
	$(MAKE) BUILD=build-asan SAN="-fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer" \
		OPT="-O1 -g" HARDEN="-fPIE" unit-programs test-tools programs
	./test/unit/run build-asan
check-valgrind: unit-programs
	VEMRE_SMALL=1 VEMRE_UNIT_JOBS=$(shell nproc) ./test/unit/run $(BUILD) valgrind -q --error-exitcode=99 --leak-check=full --errors-for-leak-kinds=definite --suppressions=test/valgrind.supp
# Faults under load, a hundred kills among them: what was lost, what doubled (doc/faults.md); a quarter of an hour
check-faults: programs site test-tools
	ceremony-scripts/unprivileged var/test test/faults/run
	ceremony-scripts/unprivileged var/test test/faults/run --ha
	ceremony-scripts/unprivileged var/test test/faults/run --ha patroni closing
# Is the work on secrets constant-time? (valgrind; seen to fail on a leaky build)
check-taint:
	./test/taint/run $(BUILD)
# What each work on a list costs (doc/performance.md): text, and build/bench.json
$(BUILD)/load/bench: $(BUILD)/obj/test/load/bench.o $(LIBS_OPEN)
	@mkdir -p $(@D)
	@echo '  LINK  $@'
	@$(CC) $(LDFLAGS) -o $@ $^ $(LD_OPEN)
BENCH ?= 1000 10000 100000
bench: $(BUILD)/load/bench
	$(BUILD)/load/bench --json=$(BUILD)/bench.json $(BENCH)
simulacro:
	./ceremony-scripts/simulacro
# Each numeral of the procedure, the command that shows it, the evidence of the last simulacro
numerals: programs
	$(BUILD)/bin/archive-election --numerals --election var/simulacro
clean:
	rm -rf build build-asan

-include $(shell find $(BUILD)/obj $(BUILD)/fuzz/obj -name '*.d' 2>/dev/null)
.PHONY: all programs site translations texts unit-programs test-tools check check-asan check-valgrind check-faults check-taint bench simulacro numerals deb man clean fuzz fuzz-programs mutation-programs install install-units format lint lint-flags coverage
.DEFAULT_GOAL := all
