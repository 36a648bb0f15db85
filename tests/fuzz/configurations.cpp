#include "configuration.hpp"

#include <iterator>

namespace fuzz {

const std::vector<configuration>& configurations() {
    static const std::vector<configuration> all = [] {
        std::vector<configuration> list;
        for (std::vector<configuration> some :
             {plain_configurations(), shaped_configurations(), sourced_configurations()}) {
            list.insert(list.end(), std::make_move_iterator(some.begin()), std::make_move_iterator(some.end()));
        }
        return list;
    }();
    return all;
}

const configuration* find_configuration(const std::string& name) {
    for (const configuration& each : configurations()) {
        if (each.name == name) return &each;
    }
    return nullptr;
}

}  // namespace fuzz
