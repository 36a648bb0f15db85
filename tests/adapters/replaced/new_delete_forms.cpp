// Every form of operator new and delete in a program whose operators are allot's: the test framework uses them too.
#include "adapters/container_life.hpp"
#include "operators.hpp"
#include "support/catch.hpp"
#include "support/child.hpp"

#include <csignal>
#include <cstdint>
#include <iterator>
#include <memory>
#include <new>
#include <string>

// clang declares these itself only under -fsized-deallocation.
void operator delete(void*, std::size_t) noexcept;
void operator delete[](void*, std::size_t) noexcept;
void operator delete(void*, std::size_t, std::align_val_t) noexcept;
void operator delete[](void*, std::size_t, std::align_val_t) noexcept;

// A compiler may leave out an allocation that nobody sees.
const volatile void* volatile witness;
template <class T>
T* seen(T* object) {
    witness = object;
    return object;
}

namespace {

constexpr std::size_t wide = 256;
constexpr auto aligned_wide = std::align_val_t{wide};
constexpr std::size_t plain = __STDCPP_DEFAULT_NEW_ALIGNMENT__;

// Not a constant to the compiler, which would rather warn about it.
std::size_t more_than_there_is() {
    static volatile std::size_t bytes = region_bytes * 2;
    return bytes;
}

bool is_aligned(const void* payload, std::size_t alignment) {
    return reinterpret_cast<std::uintptr_t>(payload) % alignment == 0;
}

struct new_form {
    const char* name;
    void* (*call)(std::size_t bytes);
    std::size_t alignment;
    bool throws;
};

const new_form new_forms[] = {
    {"new", [](std::size_t n) { return ::operator new(n); }, plain, true},
    {"new[]", [](std::size_t n) { return ::operator new[](n); }, plain, true},
    {"new aligned", [](std::size_t n) { return ::operator new(n, aligned_wide); }, wide, true},
    {"new[] aligned", [](std::size_t n) { return ::operator new[](n, aligned_wide); }, wide, true},
    {"new nothrow", [](std::size_t n) { return ::operator new(n, std::nothrow); }, plain, false},
    {"new[] nothrow", [](std::size_t n) { return ::operator new[](n, std::nothrow); }, plain, false},
    {"new aligned nothrow", [](std::size_t n) { return ::operator new(n, aligned_wide, std::nothrow); }, wide, false},
    {"new[] aligned nothrow", [](std::size_t n) { return ::operator new[](n, aligned_wide, std::nothrow); }, wide,
     false},
};

struct delete_form {
    const char* name;
    void (*call)(void* payload, std::size_t bytes);
    verb expected;
    std::size_t alignment;
};

const delete_form delete_forms[] = {
    {"delete", [](void* p, std::size_t) { ::operator delete(p); }, verb::deallocate, 0},
    {"delete[]", [](void* p, std::size_t) { ::operator delete[](p); }, verb::deallocate, 0},
    {"delete sized", [](void* p, std::size_t n) { ::operator delete(p, n); }, verb::deallocate_sized, plain},
    {"delete[] sized", [](void* p, std::size_t n) { ::operator delete[](p, n); }, verb::deallocate_sized, plain},
    {"delete aligned", [](void* p, std::size_t) { ::operator delete(p, aligned_wide); }, verb::deallocate, 0},
    {"delete[] aligned", [](void* p, std::size_t) { ::operator delete[](p, aligned_wide); }, verb::deallocate, 0},
    {"delete sized aligned", [](void* p, std::size_t n) { ::operator delete(p, n, aligned_wide); },
     verb::deallocate_sized, wide},
    {"delete[] sized aligned", [](void* p, std::size_t n) { ::operator delete[](p, n, aligned_wide); },
     verb::deallocate_sized, wide},
    {"delete nothrow", [](void* p, std::size_t) { ::operator delete(p, std::nothrow); }, verb::deallocate, 0},
    {"delete[] nothrow", [](void* p, std::size_t) { ::operator delete[](p, std::nothrow); }, verb::deallocate, 0},
    {"delete aligned nothrow", [](void* p, std::size_t) { ::operator delete(p, aligned_wide, std::nothrow); },
     verb::deallocate, 0},
    {"delete[] aligned nothrow", [](void* p, std::size_t) { ::operator delete[](p, aligned_wide, std::nothrow); },
     verb::deallocate, 0},
};
static_assert(std::size(new_forms) + std::size(delete_forms) == 20);

// What the heap was asked by the call, and by nothing else: the record is read before the framework allocates again.
template <class Call>
heap_call recorded(Call call) {
    last_call = {};
    call();
    return last_call;
}

bool traps(const std::string& end) {
    return end == "signal " + std::to_string(SIGILL) || end == "signal " + std::to_string(SIGTRAP);
}

void* ballast = nullptr;
int handler_calls = 0;

void free_the_ballast() {
    ++handler_calls;
    ::operator delete(ballast);
    ballast = nullptr;
    std::set_new_handler(nullptr);
}

}  // namespace

TEST_CASE("operator new: each of the 8 forms reaches the heap with its size and alignment") {
    for (const new_form& form : new_forms) {
        CAPTURE(form.name);
        void* payload = nullptr;
        const heap_call asked = recorded([&] { payload = form.call(40); });
        CHECK(asked.which == verb::allocate);
        CHECK(asked.payload == payload);
        CHECK(asked.bytes == 40);
        CHECK(asked.alignment >= form.alignment);
        CHECK(is_aligned(payload, form.alignment));
        ::operator delete(payload);
    }
}

TEST_CASE("operator delete: each of the 12 forms reaches the heap with what it was told") {
    for (const delete_form& form : delete_forms) {
        CAPTURE(form.name);
        void* const payload = ::operator new(40, aligned_wide);
        const heap_call told = recorded([&] { form.call(payload, 40); });
        CHECK(told.which == form.expected);
        CHECK(told.payload == payload);
        CHECK(told.bytes == (form.expected == verb::deallocate_sized ? 40 : 0));
        CHECK(told.alignment >= form.alignment);
        form.call(nullptr, 40);
    }
}

TEST_CASE("operator new: zero bytes are a pointer of their own") {
    for (const new_form& form : new_forms) {
        void* const one = form.call(0);
        void* const other = form.call(0);
        CHECK(one != nullptr);
        CHECK(one != other);
        ::operator delete(one);
        ::operator delete(other);
    }
}

TEST_CASE("operator new: out of memory, without a handler") {
    for (const new_form& form : new_forms) {
        CAPTURE(form.name);
        exhausted_calls = 0;
        if (!form.throws) {
            CHECK(form.call(more_than_there_is()) == nullptr);
            CHECK(exhausted_calls == 0);
        } else if (operators_throw) {
            CHECK_THROWS_AS(form.call(more_than_there_is()), std::bad_alloc);
            CHECK(exhausted_calls == 1);
        } else {
            const auto fail = [&] { static_cast<void>(form.call(more_than_there_is())); };
            CHECK(traps(allot_test::end_of(fail)));
        }
    }
}

TEST_CASE("operator new: the handler that finds memory is called, where there are handlers") {
    const std::size_t most = region_bytes / 8 * 5;
    for (const new_form& form : new_forms) {
        CAPTURE(form.name);
        ballast = ::operator new(most);
        handler_calls = 0;
        std::set_new_handler(free_the_ballast);
        if (operators_call_handlers) {
            void* const payload = form.call(most);
            CHECK(payload != nullptr);
            ::operator delete(payload);
        } else if (form.throws) {
            CHECK(traps(allot_test::end_of([&] { static_cast<void>(form.call(most)); })));
        } else {
            CHECK(form.call(most) == nullptr);
        }
        CHECK(handler_calls == (operators_call_handlers ? 1 : 0));
        std::set_new_handler(nullptr);
        ::operator delete(ballast);
        ballast = nullptr;
    }
}

namespace {

// Not a constant to the compiler, which would rather refuse it.
std::align_val_t hopeless_alignment(std::size_t alignment) {
    static volatile std::size_t kept;
    kept = alignment;
    return std::align_val_t{kept};
}

void* throwing(std::size_t alignment, bool is_array) {
    return is_array ? ::operator new[](8, hopeless_alignment(alignment))
                    : ::operator new(8, hopeless_alignment(alignment));
}

void* nothrow(std::size_t alignment, bool is_array) {
    return is_array ? ::operator new[](8, hopeless_alignment(alignment), std::nothrow)
                    : ::operator new(8, hopeless_alignment(alignment), std::nothrow);
}

}  // namespace

TEST_CASE("operator new: an alignment that no heap can serve never reaches the handler") {
    for (const std::size_t alignment : {std::size_t{0}, std::size_t{48}, SIZE_MAX / 2 + 1}) {
        for (const bool is_array : {false, true}) {
            CAPTURE(alignment, is_array);
            handler_calls = 0;
            std::set_new_handler(free_the_ballast);
            CHECK(nothrow(alignment, is_array) == nullptr);
            if (operators_throw) {
                CHECK_THROWS_AS(throwing(alignment, is_array), std::bad_alloc);
            } else {
                exhausted_calls_of_child = &allot_test::report_of_child().counted[0];
                CHECK(traps(allot_test::end_of([&] { static_cast<void>(throwing(alignment, is_array)); })));
                CHECK(*exhausted_calls_of_child == 1);
                exhausted_calls_of_child = nullptr;
            }
            std::set_new_handler(nullptr);
            CHECK(handler_calls == 0);
        }
    }
}

namespace {

struct alignas(wide) over_aligned {
    unsigned char bytes[wide * 3] = {};
};

struct with_destructor {
    ~with_destructor() { ++destroyed; }
    static inline int destroyed = 0;
    int payload[5] = {};
};

}  // namespace

TEST_CASE("new expressions: objects, arrays and over-aligned types come from the heap and go back") {
    const heap_call object = recorded([] { delete seen(new with_destructor); });
    CHECK(object.which != verb::none);
    std::unique_ptr<with_destructor[]> array(seen(new with_destructor[7]));
    CHECK(recorded([&] { array.reset(); }).payload != nullptr);
    CHECK(with_destructor::destroyed == 8);

    std::unique_ptr<over_aligned> aligned(seen(new over_aligned));
    CHECK(is_aligned(aligned.get(), wide));
    const void* const payload = aligned.get();
    CHECK(recorded([&] { aligned.reset(); }).payload == payload);
    std::unique_ptr<over_aligned[]> aligned_array(seen(new over_aligned[3]));
    CHECK(is_aligned(aligned_array.get(), wide));
}

TEST_CASE("containers: random life over the replaced operators") {
    container_life::containers<std::allocator> containers;
    container_life::live(containers, 2000, [] { REQUIRE(global_heap_is_sound()); });
}
