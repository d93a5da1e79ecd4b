// LiteLLM's proxy: LiteLLM_VerificationToken and the tables beside it.
#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "app/cli/import/plan.hpp"

namespace ferry::app::takeover {

const table_names& litellm_tables();

plan read_litellm(const std::map<std::string, store::foreign_table>& tables, std::int64_t now_us);

// One of its models, for read_litellm().
void read_litellm_model(const source_row& row, plan& into);

}  // namespace ferry::app::takeover
