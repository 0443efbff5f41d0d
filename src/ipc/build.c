#include "ipc/build.h"

#include "ipc/build_id.h"

#define TEXT_OF(x) TEXT(x)
#define TEXT(x) #x

struct sl_span sl_ipc_build(void)
{
    return SL_SPAN(TEXT_OF(SL_BUILD_ID));
}
