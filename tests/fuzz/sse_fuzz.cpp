// Any bytes: the events are the stream (but for a byte order mark), however it is split.
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "openai/sse.hpp"

using namespace ferry::openai;

namespace {

void require(bool holds) {
    if (!holds) std::abort();
}

// The raw bytes of all events, the ends of events marked by a byte no stream here has twice in a row.
std::string play(std::string_view stream, std::size_t piece, bool mark) {
    sse_scanner scanner;
    std::string buffer, out, joined;
    const auto take = [&](const sse_event& event) {
        require(event.consumed <= buffer.size());
        const auto data = data_of(event, joined);
        const auto breaks = static_cast<std::size_t>(std::count(data.begin(), data.end(), '\n'));
        require(breaks == std::max<std::size_t>(event.data_lines, 1) - 1);
        out += event.raw;
        if (mark) out += "\x01\x01";
        buffer.erase(0, event.consumed);
    };
    for (std::size_t at = 0; at < stream.size(); at += piece) {
        buffer += stream.substr(at, piece);
        while (const auto event = scanner.next(buffer)) take(*event);
    }
    if (const auto event = scanner.finish(buffer)) take(*event);
    return out;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string stream(reinterpret_cast<const char*>(data), size);
    const auto begin = stream.starts_with("\xef\xbb\xbf") ? 3u : 0u;
    for (const std::size_t piece : {std::size_t(1), std::size_t(5), size + 1}) {
        require(play(stream, piece, false) == stream.substr(begin));
    }
    // Lines ended by CR alone and by CRLF in one stream: whether an LF belongs to the CR before it depends on the
    // split.
    if (stream.find('\r') == std::string::npos) require(play(stream, 1, true) == play(stream, size + 1, true));
    return 0;
}
