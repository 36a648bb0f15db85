// A program that holds 300 MiB in small payloads and frees them, in several orders: afterwards it must be small again.
//
//     memory_goes_back MOST_KIB
//
// It knows nothing of allot. What it prints does not depend on timing.
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <random>
#include <vector>

namespace {

constexpr std::size_t taken_bytes = std::size_t{300} << 20;

long resident_kib() {
    std::FILE* const status = std::fopen("/proc/self/status", "r");
    char line[256];
    long kib = 0;
    while (status != nullptr && std::fgets(line, sizeof line, status) != nullptr)
        if (std::strncmp(line, "VmRSS:", 6) == 0) kib = std::strtol(line + 6, nullptr, 10);
    if (status != nullptr) std::fclose(status);
    return kib;
}

std::vector<void*> take(std::minstd_rand& random) {
    std::vector<void*> payloads;
    payloads.reserve(2'000'000);
    for (std::size_t taken = 0; taken < taken_bytes;) {
        const std::size_t bytes = 16 + random() % 500;
        payloads.push_back(std::malloc(bytes));
        if (payloads.back() == nullptr) std::abort();
        std::memset(payloads.back(), 1, bytes);
        taken += bytes;
    }
    return payloads;
}

enum class order { first_to_last, last_to_first, shuffled, all_but_few };

// Frees all; of `all_but_few` one in ten thousand only when the others were measured.
long kib_after(order chosen) {
    std::minstd_rand random(1);
    std::vector<void*> payloads = take(random);
    if (chosen == order::last_to_first) std::reverse(payloads.begin(), payloads.end());
    if (chosen == order::shuffled) std::shuffle(payloads.begin(), payloads.end(), random);
    const auto stays = [&](std::size_t at) { return chosen == order::all_but_few && at % 10'000 == 0; };
    for (std::size_t at = 0; at < payloads.size(); ++at)
        if (!stays(at)) std::free(payloads[at]);
    const long kib = resident_kib() - static_cast<long>(payloads.size() * sizeof(void*) / 1024);
    for (std::size_t at = 0; at < payloads.size(); ++at)
        if (stays(at)) std::free(payloads[at]);
    return kib;
}

}  // namespace

int main(int argument_count, char** arguments) {
    if (argument_count != 2) return 2;
    const long most = std::strtol(arguments[1], nullptr, 10);
    int faults = 0;
    for (const order each : {order::first_to_last, order::last_to_first, order::shuffled, order::all_but_few}) {
        const long kib = kib_after(each);
        std::fprintf(stderr, "order %d: %ld KiB\n", static_cast<int>(each), kib);
        if (kib <= most) continue;
        std::printf("order %d leaves more than %ld KiB\n", static_cast<int>(each), most);
        ++faults;
    }
    std::printf("%d of 4 orders leave too much\n", faults);
    return faults;
}
