#pragma once

#include <string>

#include "base/secret.hpp"
#include "upstream/options.hpp"

namespace ferry::limits {

// Where it is told that a budget is used up. Keys `webhook` and `webhook_secret` of section [budget].
struct webhook_options {
    std::string url;          // http or https; "": nobody is told. May hold a token
    secret key;               // messages are signed with it, unless it is empty
    upstream::options reach;  // it is reached as providers are

    bool operator==(const webhook_options&) const = default;
};

}  // namespace ferry::limits
