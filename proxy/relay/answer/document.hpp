// An answer that is one JSON document.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <optional>
#include <string>

#include "base/fault.hpp"
#include "openai/text_start.hpp"
#include "openai/usage_finder.hpp"
#include "relay/answer/answer_sink.hpp"
#include "relay/exchange/request.hpp"
#include "relay/tries/attempt.hpp"

namespace ferry::relay {

// Reads the answer of a try into the sink, until only its last piece is held. Answers up to 256 KiB are read whole
// before a byte goes out, so that one which turns out cut, empty or an error is refused honestly; larger ones are
// passed on as they come, and a cut then breaks the client's connection. Owned by `handle`; lives on the request's
// core.
class document {
public:
    // What the client gets: the document, or the events of a stream that say the same, since it asked for a stream.
    enum class form { as_it_is, as_events };

    document(request& x, attempt& from, form wanted = form::as_it_is);
    document(const document&) = delete;
    document& operator=(const document&) = delete;

    // A fault while the sink has not begun means that nothing went out and another answer may take its place.
    boost::asio::awaitable<std::optional<fault>> pump(answer_sink& sink);

private:
    std::optional<fault> take();
    void move_out();
    void forget();
    piece_list pieces() const;
    std::optional<fault> check() const;
    void learn();
    void count_words();
    void note_success();
    void hold_events(answer_sink& sink);
    boost::asio::awaitable<std::optional<fault>> pass_on(answer_sink& sink);

    request& x_;
    attempt& from_;
    openai::text_start start_;
    openai::usage_finder finder_;
    std::optional<openai::usage_finder> words_;  // counts them; none while the answer is held as a whole
    // What was moved out of the read buffer, then views of what still lies in it.
    std::string held_;
    piece_list pieces_;
    std::size_t size_ = 0, trimmed_ = 0;
    bool ended_ = false;  // with the connection, as it may
    const form form_;
};

// An answer with an error status: its body is read (to 64 KiB) and made a fault by the provider's own rules.
boost::asio::awaitable<fault> read_error(request& x, attempt& from);

}  // namespace ferry::relay
