// Whether AddressSanitizer is at work: ALLOT_TEST_ASAN for the preprocessor, `is_address_sanitized` for the rest.
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

}  // namespace allot_test
