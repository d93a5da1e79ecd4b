// The JSON document of GET /status.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "app/core.hpp"
#include "catalog/refresher.hpp"
#include "usage/journal.hpp"
#include "usage/shipper.hpp"

namespace ferry::app {

struct status_sources {
    const std::vector<std::unique_ptr<core>>& cores;
    catalog::refresher_state catalog;
    std::vector<catalog::refused_row> refused_keys;
    usage::journal_status journal;
    usage::shipper_status shipper;
    steady::time_point started;
    bool draining = false;
};

std::string status_json(const status_sources& from);

}  // namespace ferry::app
