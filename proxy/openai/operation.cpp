#include "openai/operation.hpp"

namespace ferry::openai {

namespace {

// Everything else stays here, credentials and hop-by-hop fields above all.
constexpr std::array<std::string_view, 5> asked_headers = {"accept", "user-agent", "openai-beta", "traceparent",
                                                           "tracestate"};

constexpr std::array<operation, 3> table = {{
    {.name = "chat.completions",
     .method = "POST",
     .path = "/chat/completions",
     .who = answered_by::relay,
     .body = body_kind::json,
     .model = model_place::body_member,
     .has_deployment_path = true,
     .headers = asked_headers,
     .unit = unit_kind::tokens,
     .may_be_retried = true,
     .may_be_aggregated = true},
    {.name = "models.list",
     .method = "GET",
     .path = "/models",
     .who = answered_by::model_list,
     .body = body_kind::none,
     .model = model_place::nowhere,
     .has_deployment_path = false,
     .headers = {},
     .unit = unit_kind::none,
     .may_be_retried = false,
     .may_be_aggregated = false},
    {.name = "models.retrieve",
     .method = "GET",
     .path = "/models/",
     .who = answered_by::one_model,
     .body = body_kind::none,
     .model = model_place::rest_of_path,
     .has_deployment_path = false,
     .headers = {},
     .unit = unit_kind::none,
     .may_be_retried = false,
     .may_be_aggregated = false},
}};

}  // namespace

std::span<const operation> operations() {
    return table;
}

const operation& chat_completions() {
    return table.front();
}

}  // namespace ferry::openai
