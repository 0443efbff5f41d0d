/* SL_SANITIZED: 1 in a build with AddressSanitizer (never a release), else 0. gcc says it with a
 * macro, clang with a feature. */
#ifndef SL_BASE_SANITIZED_H
#define SL_BASE_SANITIZED_H

#if defined(__SANITIZE_ADDRESS__)
#define SL_SANITIZED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define SL_SANITIZED 1
#endif
#endif
#ifndef SL_SANITIZED
#define SL_SANITIZED 0
#endif

#endif
