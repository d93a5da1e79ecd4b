// Any bytes as an upstream's answer, through everything that reads one: the HTTP reader and the content coding; then,
// as the request asked, the stream that is passed on, the stream that is put together, the document, or the error.
// However it is split the client gets the same; what failed never looks complete; no text for the client holds the
// credentials; and the reader serves the next answer as if nothing had been.
#include <algorithm>
#include <cstdint>
#include <string>

#include "fuzz/answer_readings.hpp"
#include "net/http_reader.hpp"
#include "relay/tries/answer_coding.hpp"

using namespace ferry;
using namespace ferry::fuzz;
using net::http_reader;
using relay::stream_end;

namespace {

constexpr std::size_t header_limit = 16 * 1024;
constexpr int most_interim_answers = 8;

// A connection: bytes come in pieces, and what is unread moves about in memory.
class wire {
public:
    wire(std::string_view bytes, std::size_t piece) : rest_(bytes), piece_(piece), dice_(bytes) {}

    bool receive(std::string& into) {
        if (rest_.empty()) return false;
        const auto count = std::min(rest_.size(), piece_ ? piece_ : dice_.from_1_to(200));
        auto moved = into + std::string(rest_.substr(0, count));
        std::fill(into.begin(), into.end(), '#');
        into = std::move(moved);
        rest_.remove_prefix(count);
        return true;
    }

private:
    std::string_view rest_;
    std::size_t piece_;
    dice dice_;
};

void require_finished_off(http_reader& reader) {
    piece_list payload;
    require(!reader.body_done() && !reader.ends_with_connection());
    require(!reader.read_body("2\r\n{}\r\n0\r\n\r\n", payload).has_value() && payload.empty());
    require(!reader.head().keep_alive);
}

// False: there is no head to go on with. `bytes` then begins with the answer's head.
bool read_head(http_reader& reader, wire& from, std::string& bytes) {
    for (int interim = 0;;) {
        const auto got = reader.read_head(bytes);
        if (!got) {
            require_sane(got.error());
            require_finished_off(reader);
            return false;
        }
        if (*got == http_reader::progress::need_more) {
            if (!from.receive(bytes)) return false;
        } else if (reader.head().status >= 200) {
            return true;
        } else if (reader.head().status == 101 || ++interim > most_interim_answers) {
            return false;
        } else {
            bytes.erase(0, reader.head_size());
            reader.reset();
        }
    }
}

// As a try does. `framed` is what was coded, as far as its framing is good.
std::optional<fault> take(reading& into, net::content_expansion& coding, const piece_list& framed,
                          const std::optional<fault>& undecodable) {
    coding.add(framed);
    do {
        coding.make_room();
        piece_list payload;
        const auto says = coding.expand(payload);
        std::optional<fault> broken;
        if (says != net::content_expansion::verdict::good)
            broken = relay::coding_fault(says);
        else if (!coding.has_more())
            broken = undecodable;
        if (auto failed = into.take(payload, broken)) return failed;
        if (broken) return broken;
    } while (coding.has_more());
    return std::nullopt;
}

outcome play(http_reader& reader, std::string_view bytes, std::size_t piece, reading& into) {
    wire from(bytes, piece);
    std::string head, body;
    reader.reset();
    if (!read_head(reader, from, head)) return into.result.refused = true, into.result;
    body = head.substr(reader.head_size());
    const auto coding = net::content_expansion::of(reader.head(), relay::answer_expansion);
    into.result.coded = coding != nullptr;
    std::optional<fault> failed;
    for (bool ended = false; !failed && !ended;) {
        piece_list payload;
        const auto used = reader.read_body(body, payload);
        std::optional<fault> undecodable;
        if (!used) undecodable = used.error();
        failed = coding ? take(into, *coding, payload, undecodable) : into.take(payload, undecodable);
        std::fill(body.begin(), body.begin() + static_cast<std::ptrdiff_t>(used ? *used : body.size()), '#');
        if (undecodable) {
            require_finished_off(reader);
            failed = undecodable;
        }
        if (!failed) body.erase(0, *used);
        if (!failed && coding && reader.body_done() && !coding->complete()) failed = relay::coding_cut_short();
        ended = failed || reader.body_done() || !from.receive(body);
    }
    const bool clean = reader.body_done() || (reader.ends_with_connection() && (!coding || coding->complete()));
    if (!failed) failed = into.end(reader.head(), clean ? stream_end::clean : stream_end::truncated);
    if (failed) require_sane(*failed);
    require_sane(into.result.usage);
    into.result.failed = failed.has_value();
    return into.result;
}

template <class Reading>
outcome play_all(http_reader& reader, const std::string& bytes, const catalog::candidate& row, bool comparable) {
    const auto once = [&](std::size_t piece) {
        Reading into(row);
        return play(reader, bytes, piece, into);
    };
    const auto whole = once(bytes.size() + 1);
    for (const std::size_t piece : {std::size_t(1), std::size_t(7), std::size_t(0)}) {
        const auto split = once(piece);
        require(split.refused == whole.refused);
        // How much of a coding that breaks is undone before depends on the split.
        if (whole.coded && whole.failed)
            require(split.failed);
        else if (comparable)
            require(split == whole);
    }
    return whole;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static const catalog::candidate rows[] = {make_row("other"), make_row("deepseek"), make_row("qwen")};
    const std::string bytes(reinterpret_cast<const char*>(data), size);
    const auto& row = rows[size % std::size(rows)];
    http_reader reader(http_reader::kind::response, header_limit);
    const auto body = play_all<document>(reader, bytes, row, true).text;
    play_all<error_body>(reader, bytes, row, true);
    // Whether an LF belongs to the CR before it depends on where a stream was split: then only its safety is looked at.
    const bool comparable = body.find('\r') == std::string::npos;
    play_all<passed_on>(reader, bytes, row, comparable);
    play_all<put_together>(reader, bytes, row, comparable);
    document good(row);
    const auto next = play(reader, "HTTP/1.1 200 OK\r\nContent-Length: 15\r\n\r\n{\"choices\":[1]}", 3, good);
    require(!next.refused && reader.body_done());
    return 0;
}
