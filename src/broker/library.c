#include "broker/library.h"

#include "base/library.h"

static const eg_library_function functions[] = {
#define EG_AMQP_ROW(name) {"amqp_" #name, offsetof(eg_amqp, name)},
    EG_AMQP_FUNCTIONS(EG_AMQP_ROW)
#undef EG_AMQP_ROW
};

static bool load(eg_amqp *amqp)
{
    return eg_library_load("librabbitmq.so.4", amqp, functions,
                           sizeof functions / sizeof *functions);
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
