/* Memory of a process that holds votes or keys stays out of core dumps and debuggers of other
 * users. */
#ifndef EG_BASE_CORE_DUMPS_H
#define EG_BASE_CORE_DUMPS_H

/* Of this process, from now on. */
void eg_forbid_core_dumps(void);

#endif
