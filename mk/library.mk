# libelectionguard: elections and their records, for programs of others (docs/library.md).
#
#   make install PREFIX=/usr/local DESTDIR= [BINDIR=... LIBDIR=... INCLUDEDIR=...]
#   make install PREFIX=/usr LIBDIR=/usr/lib/x86_64-linux-gnu    where Debian has its own
#   make install STRIP=:                                         with debugging information
#   make uninstall                                               with the same variables

PREFIX ?= /usr/local
DESTDIR ?=
BINDIR ?= $(PREFIX)/bin
LIBDIR ?= $(PREFIX)/lib
INCLUDEDIR ?= $(PREFIX)/include
.DELETE_ON_ERROR:
# Raised when names or layouts that others have been linked with change.
ABI := 1
INSTALL ?= install
STRIP ?= strip
LDCONFIG ?= $(or $(shell command -v ldconfig),/sbin/ldconfig)

LIB_LAYERS := base group crypto election wire record vault guardian
# names as people mistype them are the endpoints' business, and Unicode's; so are credentials, and ML-KEM
LIB_LEFT_OUT := src/wire/name_hint.c $(addprefix src/vault/,credential.c ml_kem_openssl.c ml_kem_pqclean.c pqclean_heap.c)
LIB_OBJECTS := $(call objects,$(filter-out $(LIB_LEFT_OUT),$(foreach l,$(LIB_LAYERS),$(call sources,$(l)))))
LIB_SYSTEM := -lyajl -lmpack -lcrypto -lgmp -lm
# What the public header includes, directly or not. These headers export all that they declare
# (docs/decisions/0003-public-headers.md); tests/library holds that against the symbols there are.
LIB_HEADERS := base/arena.h base/buf.h base/error.h base/rng.h base/secret.h base/sha256.h base/str.h \
	group/numbers.h \
	crypto/elgamal.h crypto/hash.h crypto/hashed_elgamal.h crypto/nonces.h crypto/polynomial.h \
	crypto/proofs.h \
	election/ballot.h election/ballot_batch.h election/ballot_encrypt.h \
	election/ballot_verify.h election/challenge.h \
	election/context.h election/decryption.h election/key_ceremony.h election/limits.h \
	election/manifest.h election/pad_set.h election/plain_ballot.h election/tally.h \
	guardian/guardian.h record/uncovered.h record/verification.h record/watch.h wire/json_objects.h
LIB_INCLUDE := $(BUILD)/include
LIB_PUBLIC := $(addprefix $(LIB_INCLUDE)/electionguard/,electionguard.h $(LIB_HEADERS))

# One object with everything that is not public made local, so that a program linked with the archive
# sees the same names as one linked with the shared library.
$(BUILD)/libelectionguard.a: $(LIB_OBJECTS)
	@echo "  AR   $@"
	@$(LD) -r -o $(BUILD)/electionguard.o $^
	@$(OBJCOPY) --localize-hidden $(BUILD)/electionguard.o
	@rm -f $@
	@$(AR) rcs $@ $(BUILD)/electionguard.o
OBJCOPY ?= objcopy

$(BUILD)/libelectionguard.so.$(VERSION): $(LIB_OBJECTS) mk/electionguard.map
	@echo "  LINK $@"
	@$(CC) -shared -Wl,-soname,libelectionguard.so.$(ABI) -Wl,-Bsymbolic-functions \
	    -Wl,--version-script=mk/electionguard.map -o $@ $(LIB_OBJECTS) \
	    $(LDFLAGS_ALL) $(LIB_SYSTEM)
$(BUILD)/libelectionguard.so: $(BUILD)/libelectionguard.so.$(VERSION)
	@ln -sf $(<F) $(BUILD)/libelectionguard.so.$(ABI)
	@ln -sf $(<F) $@

# Inside the tree a header is "election/ballot.h"; installed it is "electionguard/election/ballot.h".
REWRITE := sed -E 's,^(\#include ")(base|group|crypto|election|guardian|record|wire)/,\1electionguard/\2/,'
$(LIB_INCLUDE)/electionguard/electionguard.h: include/electionguard/electionguard.h mk/library.mk
	@mkdir -p $(@D)
	@$(REWRITE) $< >$@
$(LIB_INCLUDE)/electionguard/%.h: src/%.h mk/library.mk
	@mkdir -p $(@D)
	@$(REWRITE) $< >$@

# Made for each install anew: the folders may be others than the last time.
below_prefix = $(patsubst $(PREFIX)/%,$${prefix}/%,$(1))
electionguard.pc:
	@mkdir -p $(BUILD)
	@sed -e 's|@PREFIX@|$(PREFIX)|' -e 's|@LIBDIR@|$(call below_prefix,$(LIBDIR))|' \
	    -e 's|@INCLUDEDIR@|$(call below_prefix,$(INCLUDEDIR))|' \
	    -e 's|@VERSION@|$(VERSION)|' -e 's|@LIBS@|-lyajl -lmpack -lm -pthread|' mk/electionguard.pc.in >$(BUILD)/electionguard.pc
.PHONY: electionguard.pc

library: $(BUILD)/libelectionguard.a $(BUILD)/libelectionguard.so $(LIB_PUBLIC)
build: library

# The programs of examples/, as somebody else would build them: only the headers and the library.
EXAMPLE_FLAGS = -std=c11 -g -O2 -Wall -Wextra $(WERROR) $(SANFLAGS) -I$(LIB_INCLUDE)
EXAMPLES := election guardian verify_record
$(BUILD)/examples/%-shared: examples/%.c $(BUILD)/libelectionguard.so $(LIB_PUBLIC)
	@mkdir -p $(@D)
	@$(CC) $(EXAMPLE_FLAGS) -o $@ $< -L$(BUILD) -lelectionguard -Wl,-rpath,'$$ORIGIN/..'
$(BUILD)/examples/%-static: examples/%.c $(BUILD)/libelectionguard.a $(LIB_PUBLIC)
	@mkdir -p $(@D)
	@$(CC) $(EXAMPLE_FLAGS) -o $@ $< $(BUILD)/libelectionguard.a $(LIB_SYSTEM) -pthread

library-test: $(foreach e,$(EXAMPLES),$(BUILD)/examples/$(e)-shared $(BUILD)/examples/$(e)-static) ## test the public library
	@BUILD=$(abspath $(BUILD)) CC=$(CC) MAKE="$(MAKE)" SANFLAGS="$(SANFLAGS)" $(PYTEST) -q -p no:cacheprovider tests/library
EXTRA_SUITES += "public library" "$(MAKE) --no-print-directory library-test BUILD=$(BUILD)"

symbols: $(BUILD)/libelectionguard.so ## take the exported symbols as those that should be: a change of the ABI
	@{ echo "# What libelectionguard exports. A line more or less is a change of the ABI (make symbols)."; \
	   nm -D --defined-only $< | awk '{print $$3}' | LC_ALL=C sort; } >tests/library/symbols.txt
.PHONY: symbols

# The linker's list of libraries: of the system that runs, by who may.
define refresh_libraries
@if [ -z "$(DESTDIR)" ] && [ "$$(id -u)" -eq 0 ]; then echo "$(LDCONFIG)"; $(LDCONFIG); fi
endef

install: $(BUILD)/egserve library electionguard.pc ## install program, library and headers (PREFIX, LIBDIR, DESTDIR)
	$(INSTALL) -d $(DESTDIR)$(BINDIR) $(DESTDIR)$(LIBDIR)/pkgconfig
	$(INSTALL) -m 755 $(BUILD)/egserve $(DESTDIR)$(BINDIR)/egserve
	$(STRIP) $(DESTDIR)$(BINDIR)/egserve
	$(INSTALL) -m 644 $(BUILD)/libelectionguard.a $(DESTDIR)$(LIBDIR)
	$(STRIP) --strip-debug $(DESTDIR)$(LIBDIR)/libelectionguard.a
	$(INSTALL) -m 755 $(BUILD)/libelectionguard.so.$(VERSION) $(DESTDIR)$(LIBDIR)
	$(STRIP) --strip-unneeded $(DESTDIR)$(LIBDIR)/libelectionguard.so.$(VERSION)
	ln -sf libelectionguard.so.$(VERSION) $(DESTDIR)$(LIBDIR)/libelectionguard.so.$(ABI)
	ln -sf libelectionguard.so.$(ABI) $(DESTDIR)$(LIBDIR)/libelectionguard.so
	$(INSTALL) -m 644 $(BUILD)/electionguard.pc $(DESTDIR)$(LIBDIR)/pkgconfig
	for header in electionguard.h $(LIB_HEADERS); do \
	    $(INSTALL) -D -m 644 $(LIB_INCLUDE)/electionguard/$$header $(DESTDIR)$(INCLUDEDIR)/electionguard/$$header || exit 1; \
	done
	$(refresh_libraries)

# What install put there, and folders that were the library's alone.
uninstall: ## remove what install installed (with the same PREFIX, LIBDIR, DESTDIR)
	rm -f $(DESTDIR)$(BINDIR)/egserve $(DESTDIR)$(LIBDIR)/pkgconfig/electionguard.pc \
	    $(addprefix $(DESTDIR)$(LIBDIR)/libelectionguard.,a so so.$(ABI) so.$(VERSION)) \
	    $(addprefix $(DESTDIR)$(INCLUDEDIR)/electionguard/,electionguard.h $(LIB_HEADERS))
	for folder in $(sort $(dir $(LIB_HEADERS))) ''; do \
	    rmdir $(DESTDIR)$(INCLUDEDIR)/electionguard/$$folder 2>/dev/null || true; \
	done
	$(refresh_libraries)
.PHONY: library library-test install uninstall
