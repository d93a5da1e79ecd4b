#pragma once

#include <boost/json/object.hpp>
#include <string>
#include <vector>

#include "load/run.hpp"

namespace ferry::bench {

// One load as an object of the schema "ferry-bench/1": the names of vllm bench serve, and ours beside.
boost::json::object json_of(const load_result& result);
boost::json::object json_of_machine();

// Throws std::runtime_error that names the file.
void write_json(const boost::json::object& object, const std::string& file);

}  // namespace ferry::bench
