#include "relay/request/body_limits.hpp"

#include <string>

namespace ferry::relay {

std::size_t most_body_bytes(const request& x) {
    const bool is_form = x.operation.body == openai::body_kind::form;
    return is_form ? x.settings->multipart_body_bytes : x.settings->json_body_bytes;
}

fault body_too_large(std::size_t most) {
    return fault::client(fault_code::request_too_large,
                         "The request body is larger than the " + std::to_string(most) + " bytes that are allowed.");
}

fault no_memory_for_body() {
    return fault::self(fault_code::overloaded,
                       "There is no memory for another request body at the moment: try again shortly.",
                       "The request bodies in flight have used up limits.body_memory.");
}

}  // namespace ferry::relay
