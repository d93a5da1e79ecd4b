// Cross-origin requests of browsers (the Fetch standard's CORS protocol): who may read the answers.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "net/http_head.hpp"

namespace ferry::server {

// Owned by a core; lives on it. Without origins it adds nothing and answers nothing.
class cors_policy {
public:
    // "*" is any origin; else each is compared as a whole with what the browser sends.
    explicit cors_policy(std::vector<std::string> origins);

    bool is_on() const { return !origins_.empty(); }
    // Header lines of every answer, errors too; "" if the policy is off.
    std::string answer_headers(const net::http_head& request) const;
    // The further ones of an answer to OPTIONS. `methods` is what the target takes. Headers are allowed as asked for:
    // which of them mean something is decided when they come.
    std::string preflight_headers(const net::http_head& request, std::string_view methods) const;

private:
    bool allows(std::string_view origin) const;

    std::vector<std::string> origins_;
    bool any_ = false;
};

}  // namespace ferry::server
