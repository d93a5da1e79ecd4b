#include "net/http_reader.hpp"

#include <algorithm>

namespace ferry::net {

void http_reader::reset(bool no_body) {
    no_body_ = no_body;
    stage_ = stage::head;
    head_.reset();
    head_size_ = 0;
    search_ = {};
    left_ = 0;
}

fault http_reader::fail(fault why) {
    stage_ = stage::failed;
    head_.framing = body_framing::none;
    head_.keep_alive = false;
    return why;
}

fault http_reader::malformed(std::string_view why) {
    return fail(kind_ == kind::response ? malformed_response(why) : malformed_request(why));
}

result<http_reader::progress> http_reader::read_head(std::string_view bytes) {
    if (stage_ == stage::failed) return malformed("an earlier part of it was refused");
    if (stage_ != stage::head) return progress::done;
    switch (search_.look(bytes.substr(0, header_limit_))) {
        case head_search::state::complete:
            break;
        case head_search::state::bare_lf:
            return malformed("a line ends in LF without CR");
        case head_search::state::not_http:
            return malformed("it does not begin with a method or version (is this TLS sent to a plain port?)");
        case head_search::state::incomplete:
            if (bytes.size() < header_limit_) return progress::need_more;
            if (kind_ == kind::response) {
                return fail(fault::upstream(fault_code::upstream_invalid_response, retry_advice::next_candidate,
                                            "The head of the upstream's answer is too large.",
                                            "It is larger than upstream.header_bytes."));
            }
            return fail(fault::client(fault_code::header_too_large,
                                      "The request's head is larger than the " + std::to_string(header_limit_) +
                                          " bytes that are allowed: send fewer or shorter headers."));
    }
    const auto head = bytes.substr(0, search_.size());
    auto refused = kind_ == kind::request ? read_request_head(head, head_) : read_response_head(head, head_);
    if (refused) return fail(std::move(*refused));
    if (kind_ == kind::response) {
        const bool never_has_body = head_.status < 200 || head_.status == 204 || head_.status == 304;
        const bool announced = head_.framing == body_framing::length || head_.framing == body_framing::chunked;
        if (!no_body_ && head_.status >= 200 && never_has_body && announced) {
            return malformed("it has a body where its status allows none");
        }
        if (no_body_ || never_has_body) head_.framing = body_framing::none;
    }
    head_size_ = head.size();
    begin_body();
    return progress::done;
}

void http_reader::begin_body() {
    left_ = head_.framing == body_framing::length ? head_.content_length : 0;
    if (head_.framing == body_framing::chunked) chunks_.reset();
    stage_ = head_.framing == body_framing::none ? stage::done : stage::body;
}

result<std::size_t> http_reader::read_body(std::string_view bytes, piece_list& payload) {
    if (stage_ == stage::failed) return malformed("an earlier part of it was refused");
    if (stage_ != stage::body) return std::size_t{0};
    if (head_.framing == body_framing::chunked) {
        const auto consumed = chunks_.read(bytes, payload);
        if (chunks_.has_failed()) return malformed(chunks_.what_is_wrong());
        if (chunks_.is_done()) stage_ = stage::done;
        return consumed;
    }
    std::size_t taken = bytes.size();
    if (head_.framing == body_framing::length) {
        taken = static_cast<std::size_t>(std::min<std::uint64_t>(left_, taken));
        left_ -= taken;
        if (left_ == 0) stage_ = stage::done;
    }
    if (taken > 0) payload.push_back(bytes.substr(0, taken));
    return taken;
}

}  // namespace ferry::net
