// Whether AddressSanitizer is at work: ALLOT_TEST_ASAN for the preprocessor, `is_address_sanitized` for the rest. And how much of
// a long life is worth living under a sanitizer.
#pragma once

#if defined(__SANITIZE_ADDRESS__)
#define ALLOT_TEST_ASAN 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define ALLOT_TEST_ASAN 1
#endif
#endif

namespace allot_test {

#ifdef ALLOT_TEST_ASAN
inline constexpr bool is_address_sanitized = true;
#else
inline constexpr bool is_address_sanitized = false;
#endif

#if defined(__SANITIZE_THREAD__)
inline constexpr bool is_sanitized = true;
#else
inline constexpr bool is_sanitized = is_address_sanitized;
#endif

/// So many steps of a long life, or the 25th part under a sanitizer: it looks for a bad access, which a few thousand steps show,
/// and makes each many times as slow. What only many steps show, other builds look for.
constexpr unsigned steps_of_a_life(unsigned steps) { return is_sanitized ? steps / 25 : steps; }

}  // namespace allot_test
