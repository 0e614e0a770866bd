/* A program of somebody else: an election office's manifest, a ballot in clear and an encrypted
 * one, from their JSON.
 *
 *     read_json MANIFEST PLAIN ENCRYPTED     prints what they hold; 1 and the place when one is not
 * good */
#include <electionguard/electionguard.h>

#include <stdio.h>
#include <stdlib.h>

static eg_str text_of(const char *path)
{
    static char texts[3][1 << 21];
    static int used;
    FILE *file = fopen(path, "rb");
    eg_str text = {texts[used++], 0};
    if (file == NULL) {
        exit(2);
    }
    text.len = fread((char *)text.data, 1, sizeof texts[0], file);
    fclose(file);
    return text;
}

static eg_result run(char **paths, eg_arena *arena, eg_error *err)
{
    eg_manifest manifest;
    eg_plain_ballot plain;
    eg_ballot ballot;
    char hash[EG_Q_HEX_MAX];
    EG_TRY(eg_manifest_from_json(&manifest, text_of(paths[0]), arena, err));
    printf("%.*s\n", (int)eg_modq_to_hex(hash, &manifest.hash), hash);
    EG_TRY(eg_plain_ballot_from_json(&plain, text_of(paths[1]), arena, err));
    printf("%.*s %zu\n", (int)plain.object_id.len, plain.object_id.data, plain.contest_count);
    EG_TRY(eg_ballot_from_json(&ballot, text_of(paths[2]), arena, err));
    printf("%.*s %d\n", (int)ballot.object_id.len, ballot.object_id.data, (int)ballot.state);
    return EG_SUCCESS;
}

int main(int argc, char **argv)
{
    eg_arena arena;
    eg_error err = {0};
    (void)argc;
    eg_arena_init(&arena, NULL);
    eg_result result = run(argv + 1, &arena, &err);
    eg_arena_free(&arena);
    if (eg_failed(result)) {
        printf("%s\n", err.path);
    }
    return eg_failed(result);
}
