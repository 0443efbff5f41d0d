/* Which build is this? Programs of different builds do not talk to each other: while a package is
 * upgraded, the supervisor that runs is the old one and a child that it starts is the new one.
 * Their numbers of messages, effects, members of the policy may mean different things.
 */
#ifndef SL_IPC_BUILD_H
#define SL_IPC_BUILD_H

#include "base/span.h"

/* 16 hexadecimal digits: of the text of src/ipc and src/core, the same for the same text. */
struct sl_span sl_ipc_build(void);

#endif
