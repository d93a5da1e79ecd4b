#include "net/strict_http.hpp"

#ifdef __SSE2__
#include <emmintrin.h>
#endif

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>
#include <cstring>

#include "base/ascii.hpp"
#include "net/authority.hpp"

namespace ferry::net {

namespace {

// Control characters but for HTAB and the CRLF of lines, a CR or LF that stands alone, DEL (RFC 9110 section 5.5).
bool is_odd(unsigned char c, unsigned char next) {
    if ((c == '\r') != (next == '\n')) return true;
    return c == 0x7f || (c < 0x20 && c != '\t' && c != '\r' && c != '\n');
}

// One pass over the whole head. REQUIRES: ends in CRLF.
bool has_odd_bytes(std::string_view head) {
    std::size_t i = 0;
#ifdef __SSE2__
    const auto load = [&head](std::size_t at) {
        return _mm_loadu_si128(reinterpret_cast<const __m128i*>(head.data() + at));
    };
    const auto is = [](__m128i bytes, char c) { return _mm_cmpeq_epi8(bytes, _mm_set1_epi8(c)); };
    for (; i + 17 <= head.size(); i += 16) {
        const auto bytes = load(i);
        const auto control = _mm_cmpeq_epi8(_mm_min_epu8(bytes, _mm_set1_epi8(0x1f)), bytes);
        const auto cr = is(bytes, '\r');
        const auto fine = _mm_or_si128(_mm_or_si128(cr, is(bytes, '\n')), is(bytes, '\t'));
        const auto alone = _mm_xor_si128(cr, is(load(i + 1), '\n'));
        const auto odd = _mm_or_si128(_mm_andnot_si128(fine, control), _mm_or_si128(alone, is(bytes, 0x7f)));
        if (_mm_movemask_epi8(odd) != 0) return true;
    }
#endif
    for (; i + 1 < head.size(); ++i) {
        if (is_odd(static_cast<unsigned char>(head[i]), static_cast<unsigned char>(head[i + 1]))) return true;
    }
    return false;
}

bool is_content_length(std::string_view text) {
    if (text.empty() || text.size() > 18 || (text.size() > 1 && text.front() == '0')) return false;
    for (const char c : text) {
        if (c < '0' || c > '9') return false;
    }
    return true;
}

// Headers Ferry acts on. Some servers read `_` as `-`, so a twin spelled with it would be a second opinion.
constexpr std::array<std::string_view, 14> acted_on = {
    "host",   "content-length", "transfer-encoding", "connection", "authorization", "api-key", "x-api-key",
    "expect", "content-type",   "content-encoding",  "te",         "trailer",       "upgrade", "x-request-id"};

bool is_underscored_twin(std::string_view name) {
    if (name.find('_') == std::string_view::npos) return false;
    for (const auto known : acted_on) {
        if (known.size() != name.size()) continue;
        bool same = true;
        for (std::size_t i = 0; i < name.size() && same; ++i) {
            const char c = name[i] == '_' ? '-' : lower_case(name[i]);
            same = c == known[i];
        }
        if (same) return true;
    }
    return false;
}

// What the fields of one head say about framing; the same rules bind requests and answers.
struct framing_facts {
    int hosts = 0;
    int lengths = 0;
    int codings = 0;
    bool chunked = false;
    bool closes = false, keeps_alive = false;
    bool other_expectation = false;
};

// Why a head is refused, as a part of a sentence; "" if it is not.
using refusal = std::string_view;

// The options of a Connection field (RFC 9110 section 7.6.1).
refusal read_connection(std::string_view value, framing_facts& facts) {
    while (!value.empty()) {
        const auto comma = value.find(',');
        const auto option = trimmed(value.substr(0, comma));
        if (!option.empty() && !is_token(option)) return "Connection is not a list of tokens";
        facts.closes = facts.closes || same_token(option, "close");
        facts.keeps_alive = facts.keeps_alive || same_token(option, "keep-alive");
        value.remove_prefix(comma == std::string_view::npos ? value.size() : comma + 1);
    }
    return {};
}

refusal note_field(const header_field& field, http_head& head, framing_facts& facts) {
    const auto [name, value] = field;
    switch (name.size()) {
        case 12:
            if (same_token(name, "content-type") && !head.content_type) head.content_type = value;
            break;
        case 16:
            if (same_token(name, "content-encoding") && !head.content_encoding) head.content_encoding = value;
            break;
        case 4:
            if (!same_token(name, "host")) break;
            if (++facts.hosts > 1) return "there is more than one Host";
            if (!is_authority(value)) return "Host is empty or not a plain host and port";
            break;
        case 6:
            if (same_token(name, "expect") && !same_token(value, "100-continue")) facts.other_expectation = true;
            break;
        case 10:
            if (same_token(name, "connection")) return read_connection(value, facts);
            break;
        case 14:
            if (!same_token(name, "content-length")) break;
            if (++facts.lengths > 1) return "Content-Length is given twice";
            if (!is_content_length(value)) return "Content-Length is not a plain decimal number";
            std::from_chars(value.data(), value.data() + value.size(), head.content_length);
            break;
        case 17:
            if (!same_token(name, "transfer-encoding")) break;
            if (++facts.codings > 1) return "Transfer-Encoding is given twice";
            facts.chunked = same_token(value, "chunked");
            break;
        default:
            break;
    }
    return {};
}

refusal name_fault(std::string_view line) {
    if (line.front() == ' ' || line.front() == '\t') return "a header line is folded (RFC 9112 section 5.2)";
    if (line.find(':') == std::string_view::npos) return "a header line has no colon";
    return "a header name has a character that is not allowed, or a space before its colon";
}

// Reads every line between the start line and the empty line.
refusal read_fields(std::string_view lines, http_head& head, framing_facts& facts) {
    while (lines.size() > 2) {
        std::size_t colon = 0;
        while (is_token_char(lines[colon])) ++colon;
        const auto end = lines.find('\n', colon);
        if (lines[colon] != ':' || colon == 0) return name_fault(lines.substr(0, end));
        const auto name = lines.substr(0, colon);
        const auto value = trimmed(lines.substr(colon + 1, end - 1 - (colon + 1)));
        if (is_underscored_twin(name)) return "a header is spelled with '_' where Ferry acts on its '-' spelling";
        head.fields.push_back({name, value});
        if (const auto refused = note_field(head.fields.back(), head, facts); !refused.empty()) return refused;
        lines.remove_prefix(end + 1);
    }
    if (facts.lengths > 0 && facts.codings > 0) return "Content-Length and Transfer-Encoding are both given";
    return {};
}

void describe_framing(const framing_facts& facts, body_framing otherwise, http_head& head) {
    if (facts.chunked) {
        head.framing = body_framing::chunked;
    } else if (facts.lengths > 0) {
        head.framing = head.content_length > 0 ? body_framing::length : body_framing::none;
    } else {
        head.framing = otherwise;
    }
    head.keep_alive = head.version == 11 ? !facts.closes : facts.keeps_alive;
    if (head.framing == body_framing::until_close) head.keep_alive = false;
}

// The four forms of a target (RFC 9112 section 3.2), each for the methods that have it.
refusal target_fault(std::string_view method, std::string_view target) {
    for (const char c : target) {
        if (c <= 0x20 || c >= 0x7f) return "the target has a space or a character that is not ASCII";
    }
    if (target.starts_with('/')) return method == "CONNECT" ? "the target of CONNECT is no host and port" : "";
    if (target == "*") return method == "OPTIONS" ? "" : "the target '*' is for OPTIONS alone";
    if (method == "CONNECT") return is_authority(target) ? "" : "the target of CONNECT is no host and port";
    if (is_absolute_target(target)) return {};
    return "the target is neither a path nor an http URL with a plain host and port";
}

}  // namespace

fault malformed_request(std::string_view why) {
    return fault::client(fault_code::bad_framing, "The request is not well-formed HTTP/1.1: " + std::string(why) +
                                                      ". Nothing was forwarded and the connection is closed.");
}

fault malformed_response(std::string_view why) {
    return fault::upstream(fault_code::upstream_invalid_response, retry_advice::next_candidate,
                           "The upstream's answer is not well-formed HTTP/1.1: " + std::string(why) + ".");
}

std::optional<fault> read_request_head(std::string_view head, http_head& into) {
    if (has_odd_bytes(head)) return malformed_request("it has a control character");
    const auto line_end = head.find('\r');
    const auto line = head.substr(0, line_end);
    const auto first = line.find(' ');
    const auto last = line.rfind(' ');
    if (first == std::string_view::npos || first == last) {
        return malformed_request("the request line is not METHOD TARGET HTTP/1.1");
    }
    into.method = line.substr(0, first);
    into.target = line.substr(first + 1, last - first - 1);
    const auto version = line.substr(last + 1);
    if (!is_token(into.method)) return malformed_request("the method is not a token");
    into.version = version == "HTTP/1.0" ? 10 : 11;
    if (into.version == 11 && version != "HTTP/1.1") {
        if (version.substr(0, 5) != "HTTP/") return malformed_request("the request line names no HTTP version");
        return fault::client(fault_code::http_version,
                             "Ferry speaks HTTP/1.1 (and 1.0) here, not '" + std::string(version.substr(0, 16)) + "'.");
    }
    if (const auto why = target_fault(into.method, into.target); !why.empty()) return malformed_request(why);
    framing_facts facts;
    const auto refused = read_fields(head.substr(line_end + 2), into, facts);
    if (!refused.empty()) return malformed_request(refused);
    if (facts.hosts == 0 && into.version == 11) return malformed_request("there is no Host");
    if (facts.codings > 0 && into.version == 10) return malformed_request("HTTP/1.0 has no Transfer-Encoding");
    if (facts.codings > 0 && !facts.chunked) {
        return malformed_request("the only transfer coding understood is 'chunked'");
    }
    if (facts.other_expectation) {
        return fault::client(fault_code::expectation_failed,
                             "The only expectation understood is '100-continue': remove the Expect header.");
    }
    describe_framing(facts, body_framing::none, into);
    return std::nullopt;
}

std::optional<fault> read_response_head(std::string_view head, http_head& into) {
    if (has_odd_bytes(head)) return malformed_response("it has a control character");
    const auto line_end = head.find('\r');
    const auto line = head.substr(0, line_end);
    const bool version = line.substr(0, 9) == "HTTP/1.1 " || line.substr(0, 9) == "HTTP/1.0 ";
    const bool digits = line.size() >= 12 && line[9] >= '1' && line[9] <= '5' && line[10] >= '0' && line[10] <= '9' &&
                        line[11] >= '0' && line[11] <= '9' && (line.size() == 12 || line[12] == ' ');
    if (!version || !digits) return malformed_response("the status line is not HTTP/1.1 and three digits");
    into.version = line[7] == '0' ? 10 : 11;
    into.status = (line[9] - '0') * 100 + (line[10] - '0') * 10 + (line[11] - '0');
    framing_facts facts;
    const auto refused = read_fields(head.substr(line_end + 2), into, facts);
    if (!refused.empty()) return malformed_response(refused);
    if (facts.codings > 0 && !facts.chunked) return malformed_response("its transfer coding is not 'chunked'");
    // RFC 9112 section 6.1: such a message is to be treated as faulty, even with Connection: keep-alive.
    if (facts.codings > 0 && into.version == 10) return malformed_response("HTTP/1.0 has no Transfer-Encoding");
    describe_framing(facts, body_framing::until_close, into);
    return std::nullopt;
}

}  // namespace ferry::net
