// How many connections a core accepts before it goes on with those it has.
#pragma once

#include <boost/asio/io_context.hpp>

namespace ferry::net {

// One while turns of the loop are short. Where they are long, that would leave those who come in the backlog, where
// nobody knows of them and nobody refuses them: then as many as there are, up to some hundred.
unsigned accepts_a_turn(boost::asio::io_context& core);

// One all the same: to begin with them costs much (TLS), and those that are served come first.
void accept_one_a_turn(boost::asio::io_context& core, bool always);

}  // namespace ferry::net
