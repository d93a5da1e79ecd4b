// What a LiteLLM proxy answers at GET /model/info: its models, those of its config.yaml included.
#pragma once

#include <string>
#include <string_view>

#include "store/foreign_table.hpp"

namespace ferry::app::takeover {

// As the table of models would have them: model_name, litellm_params and model_info, the latter two as JSON. Throws
// std::runtime_error that names `where`.
store::foreign_table read_model_info(std::string_view json, std::string name, const std::string& where);

}  // namespace ferry::app::takeover
