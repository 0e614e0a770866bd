#include "module/module.h"

#include "module/operation.h"
#include "wire/tree.h"

static const struct {
    const char *name;
    eg_operation run;
} operations[] = {
    {"info", eg_op_info},
    {"handle.free", eg_op_handle_free},
    {"manifest.check", eg_op_manifest_check},
    {"election.new", eg_op_election_new},
    {"election.open", eg_op_election_open},
    {"ballot.encrypt", eg_op_ballot_encrypt},
    {"ballot.verify", eg_op_ballot_verify},
    {"ballot.challenge", eg_op_ballot_challenge},
    {"guardian.new", eg_op_guardian_new},
    {"guardian.open", eg_op_guardian_open},
    {"guardian.seal", eg_op_guardian_seal},
    {"guardian.about", eg_op_guardian_about},
    {"guardian.record", eg_op_guardian_record},
    {"guardian.make_backup", eg_op_guardian_make_backup},
    {"guardian.take_record", eg_op_guardian_take_record},
    {"guardian.take_backup", eg_op_guardian_take_backup},
    {"guardian.share", eg_op_guardian_share},
    {"tally.make", eg_op_tally_make},
    {"shares.combine", eg_op_shares_combine},
    {"record.verify", eg_op_record_verify},
};

static const eg_module_host *host;

void eg_module_init(const eg_module_host *around)
{
    host = around;
}

static eg_operation find(eg_str name)
{
    for (size_t i = 0; i < sizeof operations / sizeof *operations; i++) {
        if (eg_str_equal(name, eg_str_from(operations[i].name))) {
            return operations[i].run;
        }
    }
    return NULL;
}

static eg_result run(eg_str name, eg_str request, eg_arena *arena, eg_writer *answer, eg_error *err)
{
    const eg_operation operation = find(name);
    eg_node map;
    if (operation == NULL) {
        return EG_FAIL(err, EG_E_NOT_FOUND, NULL, "the module has no such operation");
    }
    EG_TRY(eg_tree_parse(&map, EG_JSON, request, 0, arena, NULL, err));
    EG_TRY(eg_need_map(&map, NULL, err));
    const eg_operation_call call = {host, &map, arena, answer};
    eg_write_map(answer);
    EG_TRY(operation(&call, err));
    eg_write_end(answer);
    return eg_buf_check(answer->out, err);
}

static void write_failure(eg_buf *out, const eg_error *fault)
{
    eg_writer w;
    eg_buf_clear(out);
    eg_writer_init(&w, out, EG_STYLE_JSON);
    eg_write_map(&w);
    eg_put_cstr(&w, "code", eg_code_name(fault->code));
    eg_put_cstr(&w, "path", fault->path);
    eg_put_cstr(&w, "message", fault->text);
    eg_write_end(&w);
}

bool eg_module_call(eg_str name, eg_str request, eg_buf *answer)
{
    eg_arena arena;
    eg_writer w;
    eg_error fault = {0};
    eg_arena_init(&arena, NULL);
    eg_writer_init(&w, answer, EG_STYLE_JSON);
    const bool done = !eg_failed(run(name, request, &arena, &w, &fault));
    eg_arena_free(&arena);
    if (!done) {
        write_failure(answer, &fault);
    }
    return done;
}
