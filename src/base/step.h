/* What a parser says after one step: bytes in, events out. It owns no socket and no clock. */
#ifndef SL_BASE_STEP_H
#define SL_BASE_STEP_H

enum sl_step {
    SL_STEP_EVENT,     /* something whole was read */
    SL_STEP_NEED_MORE, /* correct so far: come back with more bytes */
    SL_STEP_BROKEN,    /* no further byte can make this right */
};

#endif
