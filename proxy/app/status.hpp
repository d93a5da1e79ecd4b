// What the admin listener tells of the process, and the JSON document of GET /status.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "app/core.hpp"
#include "catalog/refresher.hpp"
#include "usage/journal.hpp"
#include "usage/shipper.hpp"

namespace ferry::app {

struct status_sources {
    const std::vector<std::unique_ptr<core>>& cores;
    settings configuration;
    const relay::body_budget& bodies;
    catalog::refresher_state catalog;
    std::vector<catalog::refused_row> refused_keys;
    usage::journal_status journal;
    usage::shipper_status shipper;
    steady::time_point started;
    bool draining = false;
    std::optional<std::string> degraded;  // why
};

// The connections of all cores together, by endpoint; what is over `most` of them is under "other".
std::map<std::string, upstream::pool_status> pools_of(const status_sources& from, std::size_t most);

std::string status_json(const status_sources& from);

}  // namespace ferry::app
