#include "api/ceremony/guardian_answer.h"

#include "wire/objects/guardian.h"

void eg_guardian_entry_write(eg_writer *w, const void *guardian_entry)
{
    const eg_guardian_entry *entry = guardian_entry;
    eg_artifact_form inner = eg_form_inner(entry->form);
    eg_write_map(w);
    eg_put_str(w, "id", entry->id);
    eg_put_int(w, "sequence_order", entry->sequence_order);
    eg_write_key(w, "election_public_key");
    eg_artifact_write(w, inner, eg_guardian_public_write, entry->record);
    eg_write_key(w, "backups");
    eg_write_map_of(w, entry->backup_count);
    for (size_t i = 0; i < entry->backup_count; i++) {
        eg_write_key_str(w, entry->backups[i].key);
        eg_artifact_write(w, inner, eg_backup_write, &entry->backups[i].backup);
    }
    eg_write_end(w);
    eg_write_end(w);
}

void eg_private_key_entry_write(eg_writer *w, const void *guardian_keys)
{
    const eg_guardian_keys *keys = guardian_keys;
    eg_write_map(w);
    eg_put_str(w, "guardian_id", keys->id);
    eg_write_key(w, "private_key");
    eg_write_q_decimal(w, &keys->polynomial->coefficients[0].value);
    eg_write_end(w);
}

void eg_public_key_entry_write(eg_writer *w, const void *guardian_keys)
{
    const eg_guardian_keys *keys = guardian_keys;
    eg_write_map(w);
    eg_put_str(w, "guardian_id", keys->id);
    eg_write_key(w, "public_key");
    eg_write_p_decimal(w, keys->public_key);
    eg_write_end(w);
}

void eg_polynomial_entry_write(eg_writer *w, const void *guardian_keys)
{
    const eg_guardian_keys *keys = guardian_keys;
    eg_write_map(w);
    eg_put_str(w, "guardian_id", keys->id);
    eg_write_key(w, "polynomial");
    eg_artifact_write(w, eg_form_inner(keys->form), eg_polynomial_write, keys->polynomial);
    eg_write_end(w);
}
