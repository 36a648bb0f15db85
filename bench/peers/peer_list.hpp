// The allocators as JSON, for the scripts that run programs over all of them.
#pragma once

#include "peers/peers.hpp"

#include <nlohmann/json.hpp>

namespace bench {

inline nlohmann::json peer_list() {
    nlohmann::json list = nlohmann::json::array();
    for (const peer& each : all_peers()) {
        list.push_back({{"name", each.name},
                        {"title", each.title},
                        {"has_region", each.memory == memory_from::region},
                        {"is_shared", each.who == callers::any_thread},
                        {"preload", each.preload},
                        {"allocates", allocates(each)}});
    }
    return list;
}

}  // namespace bench
