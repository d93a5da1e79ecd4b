#include "net/loop_turns.hpp"

#include "net/accept_pace.hpp"
#include "net/ready_sources.hpp"

namespace ferry::net {

void listen_to_turns(boost::asio::io_context& core, turn_listener& who) {
    boost::asio::use_service<ready_sources>(core).listen(who);
}

void hurry(boost::asio::io_context& core, bool is_hurried) {
    boost::asio::use_service<ready_sources>(core).hurry(is_hurried);
}

unsigned accepts_a_turn(boost::asio::io_context& core) {
    return boost::asio::use_service<ready_sources>(core).accepts_a_turn();
}

void accept_one_a_turn(boost::asio::io_context& core, bool always) {
    boost::asio::use_service<ready_sources>(core).accept_one_a_turn(always);
}

}  // namespace ferry::net
