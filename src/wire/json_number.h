/* The text of a JSON number as a node: one reading for both parsers. */
#ifndef EG_WIRE_JSON_NUMBER_H
#define EG_WIRE_JSON_NUMBER_H

#include "wire/node.h"

#ifdef __cplusplus
extern "C" {
#endif

/* text: well formed; a big integer borrows it. A number beyond what a double holds, or with more
 * digits than anybody writes, is one that is not finite: no field takes it, and in a field that
 * nobody knows it does not matter. */
eg_node eg_json_number(eg_str text);

#ifdef __cplusplus
}
#endif

#endif
