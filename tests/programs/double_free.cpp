// A corruption, to see that a preloaded heap says so and stops the program.
#include <cstdlib>

int main() {
    void* volatile payload = std::malloc(100);
    void* volatile again = payload;
    std::free(payload);
    std::free(again);
}
