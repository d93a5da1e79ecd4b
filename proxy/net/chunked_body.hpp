// The chunked transfer coding (RFC 9112 section 7.1), decoded into views.
#pragma once

#include <cstddef>
#include <memory>
#include <string_view>

#include "base/piece_list.hpp"

namespace ferry::net {

// Beast's parser, fed by hand, behind the checks it lacks. Owned by an http_reader and used for one body after the
// other; lives on one core; does no I/O.
class chunked_body {
public:
    chunked_body();
    ~chunked_body();
    chunked_body(const chunked_body&) = delete;
    chunked_body& operator=(const chunked_body&) = delete;

    // Forgets the last body.
    void reset();

    // Decodes bytes that follow what was consumed so far; appends views of payload and returns how many bytes it
    // consumed. What it leaves must be given again, with more behind it. Trailers are dropped. The error is a part of
    // a sentence that says what is wrong; "" if nothing is.
    std::size_t read(std::string_view bytes, piece_list& payload, std::string& error);
    bool done() const;

private:
    class parser;
    std::unique_ptr<parser> parser_;
};

}  // namespace ferry::net
