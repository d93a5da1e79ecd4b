// Any bytes as a request: read alike however they are split; what is accepted leaves nothing for a second reader to
// read otherwise; a refused one leaves a reader that may be asked anything.
#include <algorithm>
#include <cstdint>
#include <string>

#include "fuzz/fuzz.hpp"
#include "net/http_reader.hpp"

using namespace ferry;
using namespace ferry::net;
using namespace ferry::fuzz;

namespace {

constexpr std::size_t limit = 4096;

struct reading {
    bool refused = false, head = false, done = false;
    std::string method, target, body;
    std::size_t fields = 0, consumed = 0;

    bool operator==(const reading&) const = default;
};

void require_finished_off(http_reader& reader, std::string_view bytes) {
    piece_list payload;
    require(!reader.body_done() && !reader.ends_with_connection());
    require(!reader.read_head(bytes).has_value());
    require(!reader.read_body("0\r\n\r\n", payload).has_value() && payload.empty());
}

reading read(http_reader& reader, const std::string& bytes, std::size_t piece) {
    reading made;
    reader.reset();
    std::size_t at = 0;
    for (std::size_t end = std::min(piece, bytes.size());; end = std::min(end + piece, bytes.size())) {
        const std::string_view so_far(bytes.data(), end);
        if (!made.head) {
            const auto got = reader.read_head(so_far);
            made.refused = !got;
            if (!got) return require_finished_off(reader, so_far), made;
            made.head = *got == http_reader::progress::done;
            at = made.head ? reader.head_size() : 0;
        }
        if (made.head && !reader.body_done()) {
            piece_list payload;
            const auto used = reader.read_body(so_far.substr(at), payload);
            for (const auto one : payload) made.body += one;
            made.refused = !used;
            if (!used) return require_finished_off(reader, so_far), made;
            at += *used;
        }
        if (end == bytes.size()) break;
    }
    made.done = made.head && reader.body_done();
    if (!made.head) return made;
    made.method = reader.head().method;
    made.target = reader.head().target;
    made.fields = reader.head().fields.size();
    made.consumed = at;
    return made;
}

bool is_plain(std::string_view text) {
    return std::all_of(text.begin(), text.end(), [](unsigned char c) { return c == '\t' || (c >= 0x20 && c != 0x7f); });
}

// No control byte, no second length, no two framings: what any other reader would have to agree on.
void require_unambiguous(const http_reader& reader) {
    const auto& head = reader.head();
    int lengths = 0, codings = 0, hosts = 0;
    for (const auto& field : head.fields) {
        require(!field.name.empty() && is_plain(field.name) && is_plain(field.value));
        require(field.name.find_first_of(" \t:") == std::string_view::npos);
        lengths += same_token(field.name, "content-length");
        codings += same_token(field.name, "transfer-encoding");
        hosts += same_token(field.name, "host");
    }
    require(lengths + codings <= 1 && hosts <= 1);
    require(is_plain(head.target) && head.target.find(' ') == std::string_view::npos);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string bytes(reinterpret_cast<const char*>(data), size);
    http_reader reader(http_reader::kind::request, limit);
    const auto whole = read(reader, bytes, size + 1);
    if (whole.head && !whole.refused) require_unambiguous(reader);
    for (const std::size_t piece : {1, 3, 64}) {
        const auto split = read(reader, bytes, piece);
        require(split.refused == whole.refused);
        if (!whole.refused) require(split == whole);
    }
    // The reader serves the next message as if nothing had been.
    require(read(reader, "POST /v1/x HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\n{}", 5).done);
    return 0;
}
