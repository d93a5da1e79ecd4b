// What is wrong with a row of ai_models and what is odd about it: the one judgement that the catalog, the commands and
// `ferry check` share. The catalog serves a row exactly if it has no fault and its key can be read.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "catalog/secret_source.hpp"
#include "store/rows.hpp"

namespace ferry::catalog {

// A row with this is served, or may be, but hardly as it was meant.
struct model_warning {
    std::string_view code;  // key_missing, unknown_fallback, unknown_provider, odd_path or free_beside_priced
    std::string text;       // what is odd, where, and what to do; it repeats no secret
};

struct model_findings {
    std::vector<std::string> faults;  // why the row is refused: each names its column and what is allowed
    std::vector<model_warning> warnings;
};

// Warnings that a row's `capabilities` name are meant: {"ignore_warnings": ["odd_path"]}.
// Owned by: who asks. Lives on: its thread. REQUIRES: `models` outlive it.
class model_check {
public:
    // `models` and `routes` are the whole tables: what a fallback may name, and what else has the name of a row.
    // `secrets` is asked for keys that rows refer to (`env:`, `file:`). A key that is not there is a warning and not a
    // fault: who asks may have another environment than the program that serves.
    model_check(std::span<const store::model_row> models, std::span<const store::route_row> routes,
                secret_source secrets);

    // `row` may be one that is not in the table yet; one that is stands in the place of the row of its id.
    model_findings of(const store::model_row& row) const;

private:
    void look_for_key(const store::model_row& row, model_findings& found) const;
    void look_at_fallback(const store::model_row& row, model_findings& found) const;
    void look_at_price(const store::model_row& row, model_findings& found) const;

    secret_source secrets_;
    std::unordered_set<std::string_view> routes_;                                                // enabled
    std::unordered_map<std::string_view, std::vector<const store::model_row*>> models_by_name_;  // enabled
};

}  // namespace ferry::catalog
