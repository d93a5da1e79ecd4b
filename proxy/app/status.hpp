// What the admin listener tells of the process, and the JSON document of GET /status.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "app/core.hpp"
#include "catalog/refresher.hpp"
#include "limits/budgets.hpp"
#include "usage/journal.hpp"
#include "usage/shipper.hpp"

namespace ferry::app {

// Lines that could not be written.
struct dropped_lines {
    std::uint64_t of_stderr = 0, of_stdout = 0;
};

// Client connections.
struct connection_figures {
    std::int64_t most = 0;  // server.max_connections, or fewer if the process may not open enough descriptors
    std::uint64_t closed_idle = 0, refused = 0;  // for others; because none was idle
};

struct status_sources {
    const std::vector<std::unique_ptr<core>>& cores;
    settings configuration;
    connection_figures connections;
    const relay::memory_budget& bodies;
    const relay::memory_budget& answers;
    const relay::circuits& breakers;
    std::vector<relay::row_load> rows;  // those with max_parallel that were asked
    catalog::refresher_state catalog;
    std::vector<catalog::refused_row> refused_keys;
    usage::journal_status journal;
    usage::shipper_status shipper;
    dropped_lines dropped;
    limits::budget_figures budgets;
    steady::time_point started;
    bool draining = false;
    std::optional<std::string> degraded;  // why
};

// The connections of all cores together, by endpoint; what is over `most` of them is under "other".
std::map<std::string, upstream::pool_status> pools_of(const status_sources& from, std::size_t most);

std::string status_json(const status_sources& from);

}  // namespace ferry::app
