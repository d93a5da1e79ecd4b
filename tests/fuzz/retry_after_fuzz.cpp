// Any bytes in the header fields that say when to come back, or in the text: a wait that is sane, for every service.
#include <cstdint>
#include <string_view>

#include "fuzz/fuzz.hpp"
#include "provider/provider.hpp"
#include "provider/table.hpp"

using namespace ferry;
using namespace ferry::fuzz;

namespace {

std::string_view next_line(std::string_view& rest) {
    const auto line = rest.substr(0, rest.find('\n'));
    rest.remove_prefix(line.size() == rest.size() ? line.size() : line.size() + 1);
    return line;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using std::chrono::hours;
    using std::chrono::milliseconds;
    std::string_view rest(reinterpret_cast<const char*>(data), size);
    provider::retry_fields fields;
    fields.retry_after = next_line(rest);
    fields.retry_after_ms = next_line(rest);
    fields.reset_requests = next_line(rest);
    fields.reset_tokens = next_line(rest);
    const std::chrono::system_clock::time_point now(std::chrono::seconds(1'795'000'000));
    for (const std::string_view name : {"other", "deepseek", "qwen"}) {
        const auto wait = provider::find_provider(name).retry_after(fields, rest, now);
        require(!wait || (*wait >= milliseconds(0) && *wait <= hours(24)));
        require(wait == provider::find_provider(name).retry_after(fields, rest, now));
    }
    return 0;
}
