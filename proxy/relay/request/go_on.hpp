// How a request is edited that shall go on with an answer. Pure.
#pragma once

#include "openai/splice.hpp"
#include "provider/repair.hpp"
#include "relay/request/plan.hpp"

namespace ferry::relay {

// REQUIRES: asked.goes_on. `repairs`: what the provider refuses is not put in.
void edit_to_go_on(const asked_of& asked, const catalog::candidate& to, provider::repair_set repairs,
                   openai::edit_list& edits);

}  // namespace ferry::relay
