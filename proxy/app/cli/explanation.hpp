// What Ferry would do with a request, as `ferry explain` tells it.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "app/cli/body_edits.hpp"
#include "app/cli/told_circuits.hpp"
#include "app/cli/told_limits.hpp"
#include "app/config/settings.hpp"
#include "base/fault.hpp"
#include "catalog/catalog.hpp"
#include "relay/request/standing.hpp"

namespace ferry::app {

// One row that may answer. No text of it holds a secret.
struct explained_row {
    const catalog::candidate* row = nullptr;
    std::string why;
    relay::expected_bill expected;  // by the size of the request
    std::string url;                // of the upstream; values of its query are left out
    std::string head;               // as it would be sent; values of credentials are left out
    std::vector<body_edit> edits;
    std::size_t body_bytes = 0;           // as it would be sent
    std::optional<told_load> load;        // of a running Ferry, where max_parallel bounds it
    std::optional<told_circuit> circuit;  // why a running Ferry asks it after others, or not at all
};

struct explanation {
    std::string key_text;              // who asks, "" if nobody was named
    std::string model_name;            // what was chosen, a model or a virtual one; "" if nothing was
    std::optional<told_limits> told;   // where the limits and budgets of who asks stand
    std::optional<fault> refused;      // what the client would be told instead
    std::int64_t expected_tokens = 0;  // of prompt and answer
    std::vector<explained_row> rows;   // in the order in which they would be asked
};

std::string explanation_as_text(const explanation& of, const settings& chosen);
std::string explanation_as_json(const explanation& of, const settings& chosen);

}  // namespace ferry::app
