// Any bytes as the body of an error: its texts are short, hold no secret, and what is passed on is a JSON object.
#include <array>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "openai/error_body.hpp"
#include "openai/event_facts.hpp"
#include "openai/upstream_error.hpp"

using namespace ferry;
using namespace ferry::openai;

namespace {

constexpr std::array<std::string_view, 2> secrets = {"topsecret", "hunter22"};

void require(bool holds) {
    if (!holds) std::abort();
}

bool has_secret(std::string_view text) {
    for (const auto secret : secrets) {
        if (text.find(secret) != std::string_view::npos) return true;
    }
    return false;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view body(reinterpret_cast<const char*>(data), size);
    for (const std::string_view type : {"application/json", "text/html"}) {
        const auto error = parse_upstream_error(type, body, secrets);
        require(error.message.size() <= 4096);
        for (const auto& text : {error.code, error.type, error.param}) require(text.size() <= 128 && !has_secret(text));
        require(!has_secret(error.message) && !has_secret(error.document));
        if (!error.document.empty()) require(error.is_openai_shaped && inspect_event(error.document).is_object);

        auto why = fault::upstream(fault_code::upstream_bad_request, retry_advice::never, error.message);
        why.param = error.param;
        why.upstream_code = error.code;
        why.passed.body = error.document;
        require(inspect_event(render_error(why)).is_error);
        const auto event = sse_error_event(why);
        require(event.find_first_of("\r\n") == event.size() - 2);
    }
    return 0;
}
