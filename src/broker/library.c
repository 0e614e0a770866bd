#include "broker/library.h"

#include <dlfcn.h>
#include <string.h>

static const struct {
    const char *name;
    size_t offset;
} functions[] = {
#define EG_AMQP_ROW(name) {"amqp_" #name, offsetof(eg_amqp, name)},
    EG_AMQP_FUNCTIONS(EG_AMQP_ROW)
#undef EG_AMQP_ROW
};

static bool load(eg_amqp *amqp)
{
    void *library = dlopen("librabbitmq.so.4", RTLD_NOW | RTLD_LOCAL);
    bool good = library != NULL;
    for (size_t i = 0; i < sizeof functions / sizeof *functions && good; i++) {
        void *found = dlsym(library, functions[i].name);
        memcpy((char *)amqp + functions[i].offset, &found, sizeof found);
        good = found != NULL;
    }
    return good;
}

eg_result eg_amqp_load(const eg_amqp **out, eg_error *err)
{
    static eg_amqp amqp;
    static bool loaded;
    loaded = loaded || load(&amqp);
    if (!loaded) {
        return EG_FAIL(err, EG_E_NOT_FOUND, NULL,
                       "a broker needs librabbitmq (librabbitmq.so.4), which is not installed: "
                       "Debian's package is librabbitmq4");
    }
    *out = &amqp;
    return EG_SUCCESS;
}
