// The operations of the OpenAI API that Ferry serves, one row each. Pure.
#pragma once

#include <array>
#include <span>
#include <string_view>

namespace ferry::openai {

// Who answers: the relay asks an upstream, the others are answered from the catalog.
enum class answered_by { relay, model_list, one_model };
enum class body_kind { none, json };
// Where the model stands: nowhere, as a member of the body, or as the rest of the path.
enum class model_place { nowhere, body_member, rest_of_path };
enum class unit_kind { none, tokens };

struct operation {
    std::string_view name;    // in usage rows, logs and metrics
    std::string_view method;  // GET means HEAD, too
    // Below /v1, exactly; where the model is the rest of the path, the path before it, with its slash.
    std::string_view path;
    answered_by who;
    body_kind body;
    model_place model;
    // Also at /openai/deployments/{model}<path>, as clients of Azure ask; `model` is then taken from there.
    bool has_deployment_path;
    // The client's headers that travel on, lower case; its query string never does.
    std::span<const std::string_view> headers;
    unit_kind unit;  // what is billed
    // An answer may be asked for again while none of it has been given; a stream may answer a plain request.
    bool may_be_retried, may_be_aggregated;
};

// Every row; the order has no meaning.
std::span<const operation> operations();
const operation& chat_completions();

}  // namespace ferry::openai
