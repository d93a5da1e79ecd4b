// `ferry models test`.
#pragma once

#include <string>

#include "app/cli/context.hpp"

namespace ferry::app {

// Sends one tiny request to the row and prints what came of it. Throws exit_with{1} if a client would have got an
// error. Needs no running server, books nothing, prints no key.
void test_model(const cli_context& context, const std::string& which, bool stream, bool json);

}  // namespace ferry::app
