/* Files built into the program: the assembler copies them, so that what runs needs none beside it.
 * The object must depend on the file: mk/docs.mk. */
#ifndef EG_BASE_EMBED_H
#define EG_BASE_EMBED_H

#define EG_FILE_BYTES(path) ".incbin \"" path "\"\n"

/* Declares symbol[] and symbol_end[], char, read only. bytes: EG_FILE_BYTES of one file or several.
 * A NUL follows. */
#define EG_EMBED(symbol, bytes)                                                                    \
    __asm__(".pushsection .rodata\n"                                                               \
            ".global " #symbol "\n.hidden " #symbol "\n" #symbol ":\n" bytes ".global " #symbol    \
            "_end\n.hidden " #symbol "_end\n" #symbol "_end:\n.byte 0\n.popsection\n");            \
    extern const char symbol[] __attribute__((visibility("hidden")));                              \
    extern const char symbol##_end[] __attribute__((visibility("hidden")))

#endif
