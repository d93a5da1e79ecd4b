#pragma once

#include "load/run.hpp"
#include "load/sweep.hpp"

namespace ferry::bench {

// Tells how many requests and tokens a load comes to and asks whether to begin. Throws std::runtime_error if the answer
// is no, or nobody is there to give it.
void confirm(const load_options& load, const sweep_plan& plan);

// One request, before all load. Throws std::runtime_error that says what is wrong with the target and what to do.
void look_at_target(const load_options& load, const load_target& target);

}  // namespace ferry::bench
