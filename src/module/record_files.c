#include "module/record_files.h"

#include "record/source_reader.h"

static bool read_file(void *context, const eg_source_file *file, char *out)
{
    const eg_record_files *files = context;
    return files->host->read_file(file->entry, out, file->bytes);
}

static eg_result read_list(eg_source_file **out, size_t *count, const eg_operation_call *call,
                           eg_error *err)
{
    const eg_node *list;
    eg_path at = eg_path_field(NULL, "files");
    EG_TRY(eg_field(&list, call->request, NULL, "files", err));
    EG_TRY(eg_need_array(list, &at, EG_SOURCE_FILES_MAX, err));
    *count = list->as.array.count;
    EG_TRY(eg_arena_new(call->arena, *count, sizeof **out, out, err));
    for (size_t i = 0; i < *count; i++) {
        eg_path path = eg_path_index(&at, i);
        const eg_node *one = &list->as.array.items[i];
        int64_t bytes;
        EG_TRY(eg_need_map(one, &path, err));
        EG_TRY(eg_read_str(one, &path, "name", 0, EG_SOURCE_NAME_BYTES_MAX, &(*out)[i].name, err));
        EG_TRY(eg_read_int64(one, &path, "bytes", &bytes, err));
        (*out)[i].bytes = bytes < 0 || bytes > EG_SOURCE_FILE_BYTES_MAX
                              ? (size_t)EG_SOURCE_FILE_BYTES_MAX + 1
                              : (size_t)bytes;
        (*out)[i].entry = i;
    }
    return EG_SUCCESS;
}

/* ---- progress ---- */

static void on_step(void *context, const char *name, size_t parts)
{
    const eg_record_files *files = context;
    files->host->progress(eg_str_from(name), parts);
}

static void on_done(void *context, size_t parts)
{
    const eg_record_files *files = context;
    files->host->progress(EG_STR(""), parts);
}

eg_result eg_record_files_open(eg_record_files *out, const eg_operation_call *call, eg_error *err)
{
    eg_source_file *files = NULL;
    size_t count;
    out->host = call->host;
    out->watch = (eg_record_watch){out, on_step, on_done};
    EG_TRY(read_list(&files, &count, call, err));
    return eg_source_open_reader(&out->source, files, count, read_file, out, call->arena, err);
}

eg_result eg_record_file_put(eg_writer *w, eg_record_class which, eg_str id, const eg_buf *text,
                             eg_error *err)
{
    char name[EG_RECORD_FILE_NAME_BYTES];
    eg_record_file_name(name, which, id);
    EG_TRY(eg_buf_check(text, err));
    eg_write_map(w);
    eg_put_cstr(w, "name", name);
    eg_put_str(w, "text", eg_buf_str(text));
    eg_write_end(w);
    return EG_SUCCESS;
}

/* ---- what was found ---- */

/* What another part finds as well is left to it. */
static bool is_ours(const eg_audit_fault *fault, const eg_audit_part *part)
{
    return part->number == 0 || fault->step == EG_AUDIT_SELECTIONS ||
           fault->step == EG_AUDIT_VOTE_LIMITS;
}

void eg_record_faults_write(eg_writer *w, const eg_audit *audit, const eg_audit_part *part)
{
    eg_put_bool(w, "verified", audit->is_verified);
    eg_put_bool(w, "unreadable", audit->is_unreadable);
    eg_put_int(w, "fault_total",
               part->number == 0 ? (int64_t)audit->fault_total
                                 : (int64_t)(audit->steps[EG_AUDIT_SELECTIONS].faults +
                                             audit->steps[EG_AUDIT_VOTE_LIMITS].faults));
    eg_write_key(w, "faults");
    eg_write_array(w, audit->fault_count);
    for (size_t i = 0; i < audit->fault_count; i++) {
        const eg_audit_fault *fault = &audit->faults[i];
        if (!is_ours(fault, part)) {
            continue;
        }
        eg_write_map(w);
        eg_put_int(w, "step", (int64_t)fault->step);
        eg_put_str(w, "file", fault->file);
        eg_put_cstr(w, "path", fault->path);
        eg_put_cstr(w, "message", fault->text);
        eg_write_end(w);
    }
    eg_write_end(w);
}
