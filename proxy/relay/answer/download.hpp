// An answer that is neither JSON nor an event stream: sound, text, a file.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <optional>

#include "base/fault.hpp"
#include "relay/answer/answer_sink.hpp"
#include "relay/exchange/request.hpp"
#include "relay/tries/attempt.hpp"

namespace ferry::relay {

// Passes it on as it comes, from the memory it was read into, as fast as the client takes it; a cut breaks the client's
// connection. Of any size in the memory of one buffer. Owned by `handle`; lives on the request's core.
class download {
public:
    download(request& x, attempt& from) : x_(x), from_(from) {}
    download(const download&) = delete;
    download& operator=(const download&) = delete;

    // A fault while the sink has not begun means that nothing went out and another answer may take its place.
    boost::asio::awaitable<std::optional<fault>> pump(answer_sink& sink);

private:
    std::optional<fault> take();
    void note_outcome();

    request& x_;
    attempt& from_;
    piece_list pieces_;
};

}  // namespace ferry::relay
