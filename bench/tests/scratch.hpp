// A directory of a test's own, gone when the test ends.
#pragma once

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <string>
#include <vector>

namespace bench {

class scratch {
public:
    scratch() {
        std::string name = (std::filesystem::temp_directory_path() / "allot_bench_XXXXXX").string();
        if (::mkdtemp(name.data()) == nullptr) throw std::runtime_error{"mkdtemp failed"};
        path_ = name;
    }
    scratch(const scratch&) = delete;
    scratch& operator=(const scratch&) = delete;
    ~scratch() { std::filesystem::remove_all(path_); }

    std::filesystem::path operator/(const char* name) const { return path_ / name; }

    std::string content(const char* name) const {
        std::ifstream in{path_ / name, std::ios::binary};
        return {std::istreambuf_iterator<char>{in}, {}};
    }

    void write(const char* name, const std::string& content) const {
        std::ofstream{path_ / name, std::ios::binary} << content;
    }

    void truncate(const char* name, std::size_t bytes) const { std::filesystem::resize_file(path_ / name, bytes); }

    std::vector<std::string> names() const {
        std::vector<std::string> found;
        for (const auto& each : std::filesystem::directory_iterator{path_}) found.push_back(each.path().filename());
        std::ranges::sort(found);
        return found;
    }

private:
    std::filesystem::path path_;
};

}  // namespace bench
