// `ferry models test`.
#pragma once

#include <string>

#include "app/cli/context.hpp"

namespace ferry::app {

struct model_test {
    std::string which;  // id or model_name
    bool stream = false;
    bool json = false;
    std::string timeout = "30s";  // for an answer; a person waits for it
};

// Sends one tiny request to the row and prints what came of it. Throws exit_with{1} if a client would have got an
// error. Needs no running server, books nothing, prints no key.
void test_model(const cli_context& context, const model_test& wanted);

}  // namespace ferry::app
