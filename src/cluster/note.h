/* Lines of a worker's or coordinator's log, on stderr as the service writes its own. */
#ifndef EG_CLUSTER_NOTE_H
#define EG_CLUSTER_NOTE_H

/* level: "info", "warning", "error". Nothing of a ballot or key may be in it. */
void eg_note(const char *level, const char *format, ...) __attribute__((format(printf, 2, 3)));

#endif
