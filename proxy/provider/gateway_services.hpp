// What other gateways call the services they know, and where such a service speaks the OpenAI protocol: for rows that
// are brought over from them. Pure, static data.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace ferry::provider {

struct gateway_service {
    std::string_view name;              // what the gateway calls it
    std::string_view base;              // where it is unless a row says so; "" if every row has to
    std::string_view path;              // from there (or from what a row says) to what the SDKs take for a base URL
    std::string_view refusal;           // why its rows cannot be brought over, "" if they can
    std::string_view column = "other";  // what the column `provider` says of it
    std::string_view key_variable =
        "";                             // the environment variable the gateway takes the key from, where a row has none
    std::string_view auth_scheme = "";  // where it is not what its host says
    bool is_elsewhere =
        false;  // the gateway speaks another protocol with it, so a base URL of a row's own is of no use
    bool is_whole_url = false;  // a row's base URL is that of chat completions
    bool drops_dots = false;    // model names go there without their dots
};

// By the number in channels.type; nullptr for one that is not known here. Up to 25 both mean nearly the same.
const gateway_service* one_api_channel(std::int64_t type);
const gateway_service* new_api_channel(std::int64_t type);

// By what stands before the first slash of a model; nullptr for one that is not known here.
const gateway_service* litellm_service(std::string_view prefix);
// The prefix that is meant where a model has none; "" if nobody knows.
std::string_view litellm_prefix_of(std::string_view model);

// What ai_models.api_endpoint is for a row of the service whose base URL is `base`, "" for none of its own; "" if it
// has to have one.
std::string endpoint_of(const gateway_service& service, std::string_view base);

}  // namespace ferry::provider
