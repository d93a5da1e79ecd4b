// Any bytes: an event is judged alike at once and in pieces, and its usage is sane.
#include <cstdint>
#include <cstdlib>
#include <string>

#include "openai/usage_finder.hpp"

using namespace ferry::openai;

namespace {

void require(bool holds) {
    if (!holds) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string json(reinterpret_cast<const char*>(data), size);
    const auto facts = inspect_event(json);
    usage_finder finder;
    for (std::size_t at = 0; at < size; at += 3) finder.feed(std::string_view(json).substr(at, 3));
    const auto found = finder.facts();
    require(found.is_object == facts.is_object);
    if (!facts.is_object) return 0;
    require(found.usage == facts.usage && found.is_error == facts.is_error && found.seen == facts.seen);
    require(found.finish_reason == facts.finish_reason && found.has_payload == facts.has_payload);
    if (!facts.usage) return 0;
    for (const auto& count : {facts.usage->prompt, facts.usage->completion, facts.usage->total, facts.usage->cached}) {
        require(!count || (*count >= 0 && *count <= std::int64_t{1} << 54));
    }
    return 0;
}
