#include "module/handles.h"

enum { HANDLES_MAX = 64 };

/* A number is never given twice, so that an old handle names nothing rather than another object. */
static struct {
    int64_t number;
    eg_handle_kind kind;
    void *object;
    void (*release)(void *);
} handles[HANDLES_MAX];
static int64_t given;

eg_result eg_handle_new(int64_t *out, eg_handle_kind kind, void *object, void (*release)(void *),
                        eg_error *err)
{
    for (size_t i = 0; i < HANDLES_MAX; i++) {
        if (handles[i].kind == EG_HANDLE_NONE) {
            handles[i].number = ++given;
            handles[i].kind = kind;
            handles[i].object = object;
            handles[i].release = release;
            *out = given;
            return EG_SUCCESS;
        }
    }
    return EG_FAIL(err, EG_E_BUSY, NULL,
                   "at most %d elections and guardians are held at once: free one", HANDLES_MAX);
}

static eg_result find(size_t *out, const eg_operation_call *call, const char *name, eg_error *err)
{
    int64_t number;
    eg_path path = eg_path_field(NULL, name);
    EG_TRY(eg_read_int64(call->request, NULL, name, &number, err));
    for (size_t i = 0; i < HANDLES_MAX; i++) {
        if (handles[i].kind != EG_HANDLE_NONE && handles[i].number == number) {
            *out = i;
            return EG_SUCCESS;
        }
    }
    return EG_FAIL(err, EG_E_NOT_FOUND, &path, "there is no such object any more");
}

eg_result eg_handle_read(void *out_pointer, const eg_operation_call *call, const char *name,
                         eg_handle_kind kind, eg_error *err)
{
    size_t i;
    eg_path path = eg_path_field(NULL, name);
    EG_TRY(find(&i, call, name, err));
    if (handles[i].kind != kind) {
        return EG_FAIL(err, EG_E_NOT_FOUND, &path, "it is an object of another kind");
    }
    memcpy(out_pointer, &handles[i].object, sizeof handles[i].object);
    return EG_SUCCESS;
}

/* { handle } -> {} */
eg_result eg_op_handle_free(const eg_operation_call *call, eg_error *err)
{
    size_t i;
    EG_TRY(find(&i, call, "handle", err));
    handles[i].release(handles[i].object);
    handles[i].kind = EG_HANDLE_NONE;
    return EG_SUCCESS;
}
