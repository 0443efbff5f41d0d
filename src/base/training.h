/* SL_TRAINING: 1 in a build that counts which of its branches are taken (meson's b_pgo=generate,
 * the first half of `script/build --trained`), else 0. At its end such a program writes what it
 * counted to files, wherever it was compiled; so it is never one that serves. */
#ifndef SL_BASE_TRAINING_H
#define SL_BASE_TRAINING_H

#ifndef SL_TRAINING
#define SL_TRAINING 0
#endif

#endif
