#pragma once

#include "openai/operation.hpp"

namespace ferry::openai {

// Whether the API lets a request leave the model out: its provider then takes one of its own.
bool may_leave_model_out(const operation& row);

}  // namespace ferry::openai
