// A random life for a container, beside a model of the same kind over std::allocator: every element is compared.
#pragma once

#include "support/catch.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <list>
#include <map>
#include <random>
#include <string>
#include <unordered_map>
#include <vector>

namespace container_life {

using random = std::mt19937_64;

inline std::size_t below(random& source, std::size_t limit) { return static_cast<std::size_t>(source() % limit); }

// A step for vector, string, list and deque. `subject` and `model` are kept the same length.
template <class Subject, class Model>
void sequence_step(Subject& subject, Model& model, random& source) {
    using value = typename Subject::value_type;
    const auto element = static_cast<value>(source());
    const auto place = static_cast<std::ptrdiff_t>(below(source, model.size() + 1));
    const auto count = below(source, 40);
    switch (below(source, 6)) {
        case 0:
        case 1: subject.push_back(element), model.push_back(element); break;
        case 2:
            subject.insert(std::next(subject.begin(), place), count, element),
                model.insert(std::next(model.begin(), place), count, element);
            break;
        case 3:
            subject.erase(subject.begin(), std::next(subject.begin(), place)),
                model.erase(model.begin(), std::next(model.begin(), place));
            break;
        case 4: subject.resize(count, element), model.resize(count, element); break;
        default: Subject(subject, subject.get_allocator()).swap(subject); break;
    }
}

// A step for map and unordered_map with keys from a small range, so that half of them meet.
template <class Subject, class Model>
void map_step(Subject& subject, Model& model, random& source) {
    const auto key = static_cast<std::uint32_t>(below(source, 500));
    const std::uint64_t element = source();
    switch (below(source, 64)) {
        case 0: subject.clear(), model.clear(); break;
        case 1: Subject(subject, subject.get_allocator()).swap(subject); break;
        default:
            if (element % 2 == 0) {
                CHECK(subject.erase(key) == model.erase(key));
            } else {
                subject[key] = element, model[key] = element;
            }
    }
}

template <class Subject, class Model>
bool same_sequence(const Subject& subject, const Model& model) {
    return std::equal(subject.begin(), subject.end(), model.begin(), model.end());
}

template <class Subject, class Model>
bool same_map(const Subject& subject, const Model& model) {
    return subject.size() == model.size() && std::all_of(subject.begin(), subject.end(), [&](const auto& entry) {
               const auto found = model.find(entry.first);
               return found != model.end() && found->second == entry.second;
           });
}

// Five containers over allocators of one kind; `Allocator<T>` is the allocator for T.
template <template <class> class Allocator>
struct containers {
    using key = std::uint32_t;
    using value = std::uint64_t;
    using entry = std::pair<const key, value>;

    template <class Source>
    explicit containers(Source&& from)
        : vector(Allocator<value>(from)),
          string(Allocator<char>(from)),
          list(Allocator<std::uint16_t>(from)),
          map(Allocator<entry>(from)),
          table(Allocator<entry>(from)) {}
    containers() = default;

    std::vector<value, Allocator<value>> vector;
    std::basic_string<char, std::char_traits<char>, Allocator<char>> string;
    std::list<std::uint16_t, Allocator<std::uint16_t>> list;
    std::map<key, value, std::less<>, Allocator<entry>> map;
    std::unordered_map<key, value, std::hash<key>, std::equal_to<>, Allocator<entry>> table;
};

// `steps` random steps of all five; `check_heap` is called, and every element compared, after each fiftieth.
template <class Subjects, class CheckHeap>
void live(Subjects& subjects, int steps, CheckHeap check_heap) {
    containers<std::allocator> models;
    random source(20260101);
    for (int step = 0; step < steps; ++step) {
        sequence_step(subjects.vector, models.vector, source);
        sequence_step(subjects.string, models.string, source);
        sequence_step(subjects.list, models.list, source);
        map_step(subjects.map, models.map, source);
        map_step(subjects.table, models.table, source);
        if (step % 50 != 0) continue;
        REQUIRE(same_sequence(subjects.vector, models.vector));
        REQUIRE(same_sequence(subjects.string, models.string));
        REQUIRE(same_sequence(subjects.list, models.list));
        REQUIRE(same_map(subjects.map, models.map));
        REQUIRE(same_map(subjects.table, models.table));
        check_heap();
    }
}

}  // namespace container_life
